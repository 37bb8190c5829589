import type { PartyCase } from './case.js';
import { compare } from './compare.js';
import { linreg } from './linreg.js';
import { matmul } from './matmul.js';
import { memory } from './memory.js';
import { leNet, logisticRegression, perceptron } from './model.js';
import { product } from './product.js';
import { manyPsiCase, psiCase } from './psi.js';
import { psiFileCase } from './psi-file.js';
import { psiJsCase } from './psi-js.js';
import { reluCase } from './relu.js';
import { type StepOptions, step } from './step.js';
import { truncate } from './truncate.js';

const mlp: StepOptions = {
  size: '784-128-128-10',
  program: perceptron(),
  features: [784],
  labels: 10,
  warmUp: 15,
};
const logreg: StepOptions = {
  size: '784 features',
  program: logisticRegression(),
  features: [784],
  labels: 1,
  warmUp: 100,
};
const images: StepOptions = {
  size: 'LeNet on 28x28',
  program: leNet(),
  features: [1, 28, 28],
  labels: 10,
  warmUp: 2,
};

/** The benchmarks that several parties run, by name. */
export const partyCases: ReadonlyMap<string, PartyCase> = new Map(
  [
    compare,
    reluCase,
    product,
    truncate,
    matmul('matmul-128x784x128', [128, 784, 128]),
    matmul('matmul-512', [512, 512, 512]),
    linreg('linreg-b10', 10),
    linreg('linreg-b128', 128),
    step('logreg-step', logreg),
    step('mlp-step', mlp),
    step('mlp-step-wan', { ...mlp, warmUp: 2, delay: 20 }),
    step('lenet-step', images),
    memory(mlp),
    ...[14, 16, 18, 20].map(psiCase),
    psiFileCase(24),
    manyPsiCase(3, 18),
    psiJsCase,
  ].map((each) => [each.name, each]),
);
