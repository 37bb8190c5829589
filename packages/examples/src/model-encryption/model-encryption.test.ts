import { aby3 } from '@triad/aby3';
import { decryptModel, type Executor, encryptModel, type Program, type Weights } from '@triad/layers';
import { expect, it } from 'vitest';
import { everywhere } from '../fixture/in-process.js';
import { prices } from '../house-price/houses.js';
import { outside, training } from '../house-price/model.js';
import { predict, trainInTheOpen, update } from './stages.js';

/** A job of its own: three computing parties with a file each, and everybody else without. */
const job = <T>(
  program: Program,
  files: readonly Uint8Array[],
  body: (exe: Executor, file: Uint8Array | undefined) => Promise<T>,
): Promise<T[]> =>
  everywhere(
    aby3(),
    outside,
    (exe, role) => body(exe, typeof role === 'number' ? files[role] : undefined),
    program,
  );

/** Mean squared error of a linear model's predictions. */
const errorOf = (predictions: readonly number[]): number => {
  const actual = prices('heldOut').data;
  return predictions.reduce((sum, p, i) => sum + (p - actual[i]!) ** 2, 0) / actual.length;
};

const words = (weights: Weights): number[] => Object.values(weights).flatMap(({ data }) => [...data]);

it('trains in the open, goes on encrypted, and predicts for the analyst alone', async () => {
  const first = trainInTheOpen(20);
  const files = encryptModel(first, aby3());
  const untouched = await job(training, files, predict);
  expect(untouched.slice(0, 5)).toEqual([undefined, undefined, undefined, undefined, undefined]);

  const updated = await job(training, files, (exe, file) => update(exe, file, 20));
  const shares = updated.slice(0, 3).map((file) => file!);
  expect(updated.slice(3)).toEqual([undefined, undefined, undefined]);
  const better = await job(training, shares, predict);
  expect(errorOf(better[5]!)).toBeLessThan(errorOf(untouched[5]!));

  const model = decryptModel(shares, aby3());
  expect(Object.keys(model).sort()).toEqual(['price.b_0', 'price.w_0']);
  expect(words(model)).not.toEqual(words(first));
  expect(() => decryptModel([shares[1]!], aby3())).toThrow(/one party alone/);
});

it('saves shares that do not go with those of another moment', async () => {
  const files = encryptModel(trainInTheOpen(1), aby3());
  const [a, b] = [
    await job(training, files, (exe, file) => update(exe, file, 1)),
    await job(training, files, (exe, file) => update(exe, file, 1)),
  ];
  expect(() => decryptModel([a[0]!, b[1]!], aby3())).toThrow(/two models/);
});
