// Renders docs/costs.md from the cost models the code declares and the compliance suite measures. `--check` only
// compares, and fails where the page is out of date.
import { readFile, writeFile } from 'node:fs/promises';
import { aby3, booleanCost, shuffleCost } from '../packages/aby3/dist/index.js';
import { data, layers, optimizer, plan, program, reveal } from '../packages/layers/dist/index.js';
import { root } from './run.mjs';

const page = `${root}/docs/costs.md`;

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const modes = [
  ['default', aby3()],
  ['`exact`', aby3({ truncation: 'exact' })],
  ['`{ magnitudeBits: 24 }`', aby3({ truncation: { magnitudeBits: 24 } })],
];

const elements = 1000;
const perElement = ({ rounds, bytes }) => [rounds, ...bytes.map((n) => n / elements)];

const primitives = ({ cost }) => [
  ['share by party 0', cost.share(elements, 0)],
  ['share by an outside party', cost.share(elements, 3)],
  ['bilinear map', cost.bilinear(elements)],
  ['random integers of 24 bits', cost.random(elements, 24)],
  ['reveal to all', cost.reveal(elements, 'all')],
  ['reveal to party 0', cost.reveal(elements, 0)],
  ['reveal to an outside party', cost.reveal(elements, 3)],
];

const head = ['op', 'rounds', 'party 0', 'party 1', 'party 2'];
const primitiveRows = primitives(modes[0][1]).map(([name, cost]) => [name, ...perElement(cost)]);
const truncationRows = modes.flatMap(([mode, { cost }]) =>
  [8, 16, 32].map((bits) => [`${mode}, ${bits} bits`, ...perElement(cost.bilinearTruncate(elements, bits))]),
);

const comparisons = 128 * elements;
const comparisonRows = [1, 8, 32, 64].map((thresholds) => {
  const { rounds, bytes } = aby3().cost.below(comparisons, thresholds, comparisons);
  return [thresholds, rounds, ...bytes.map((n) => n / comparisons)];
});

const planes = 64 * elements;
const bitRows = Object.entries(booleanCost)
  .filter(([name]) => name !== 'share' && name !== 'reveal')
  .map(([name, cost]) => {
    const { rounds, bytes } = cost(planes);
    return [`\`${name}\``, rounds, ...bytes.map((n) => n / planes)];
  });
const shuffleRow = ['`shuffle` of rows of a word', ...perElement(shuffleCost(elements))];

const functionRows = Object.entries({
  less: (x) => layers.less(x, 0),
  equal: (x) => layers.equal(x, 0),
  relu: layers.relu,
  maximum: (x) => layers.maximum(x, 1),
  'reduceMax of 10': layers.reduceMax,
  'argmax of 10': layers.argmax,
  'topK, 3 of 10': (x) => layers.topK(x, 3).values,
  sigmoid: (x) => layers.sigmoid(x),
  tanh: (x) => layers.tanh(x),
  gelu: (x) => layers.gelu(x),
  softplus: (x) => layers.softplus(x),
  'exp up to 0': (x) => layers.exp(x, { high: 0 }),
  exp: (x) => layers.exp(x),
  log: (x) => layers.log(x),
  reciprocal: (x) => layers.reciprocal(x),
  'reciprocal on [1, 10]': (x) => layers.reciprocal(x, { low: 1, high: 10 }),
  rsqrt: (x) => layers.rsqrt(x),
  sqrt: (x) => layers.sqrt(x),
  division: (x) => layers.division(1, x),
  'softmax over 10': layers.softmax,
}).map(([name, f]) => {
  const rows = 6400;
  const p = program(() => {
    reveal(f(data({ name: 'x', shape: [rows / 10, 10] })), 3, 'y');
  });
  const { ops } = plan(p, aby3(), { fetchList: ['y'] });
  const own = ops.filter(({ op }) => op !== 'reveal');
  const rounds = Math.max(...own.map((op) => op.start + op.rounds));
  const bytes = [0, 1, 2].map((party) => own.reduce((sum, op) => sum + op.bytes[party], 0) / rows);
  return [name, rounds, ...bytes.map((n) => Math.round(n * 10) / 10)];
});

const regression = program(() => {
  const x = data({ name: 'x', shape: [null, 13] });
  const y = data({ name: 'y', shape: [null, 1] });
  const prediction = layers.fc({ input: x, size: 1, name: 'fc' });
  const loss = layers.mean(layers.squareErrorCost({ input: prediction, label: y }));
  reveal(loss, 'all', 'loss');
  new optimizer.SGD({ learningRate: 0.1 }).minimize(loss);
});

const stepRows = modes.flatMap(([mode, scheme]) =>
  [10, 128].map((batch) => {
    const { rounds, roundsPerStep, bytes } = plan(regression, scheme, { batch, fetchList: ['loss'] });
    return [mode, batch, rounds, roundsPerStep, ...bytes];
  }),
);

const text = `# Costs

Rendered by \`node tooling/costs.mjs\` from what the code declares. The compliance suite measures that it is true for protocols,
\`packages/layers/src/plan.test.ts\` for programs. Bytes are payload, sent by each party, an element of the result being 8 bytes.

## aby3, bytes an element

${table(head, primitiveRows)}

A product truncated in one go, or a truncation alone:

${table(['truncation', ...head.slice(1)], truncationRows)}

Comparisons with so many public thresholds, what comes out being added up (${'`below`'} with ${'`after`'}):

${table(['thresholds', ...head.slice(1)], comparisonRows)}

Bits, 64 a word, and rows:

${table(head, [...bitRows, shuffleRow])}

## Functions, bytes an element of x

${table(['function', ...head.slice(1)], functionRows)}

## A step of linear regression: 13 features, loss revealed to all

\`rounds\` is one step alone; \`overlapped\` what each further step adds when steps are not awaited one by one.

${table(['truncation', 'batch', 'rounds', 'overlapped', ...head.slice(2)], stepRows)}
`;

if (process.argv.includes('--check')) {
  if ((await readFile(page, 'utf8').catch(() => '')) !== text) {
    console.error('docs/costs.md is out of date; run `node tooling/costs.mjs`');
    process.exitCode = 1;
  }
} else {
  await writeFile(page, text);
}
