import { describe, expect, it } from 'vitest';
import { runPlain } from './fixture/encrypted.js';
import { type FunctionName, functions } from './function/function.js';
import { data, NdArray, program, reveal } from './index.js';
import { applyFunction } from './op.js';

/** Largest error over a grid. */
const errorOf = async (name: FunctionName, low: number, high: number): Promise<number> => {
  const count = 20_001;
  const x = Float64Array.from(
    { length: count },
    (_, i) => Math.round((low + ((high - low) * i) / (count - 1)) * 2 ** 16) / 2 ** 16,
  );
  const p = program(() => {
    reveal(applyFunction(name, data({ name: 'x', shape: [count] })), 'all', 'y');
  });
  const [y] = await runPlain(p, { x: new NdArray([count], x) }, ['y']);
  return x.reduce((e, v, i) => Math.max(e, Math.abs(y!.data[i]! - functions[name].evaluate(v))), 0);
};

describe('functions by pieces stay within 3 units of 2^-16 plus the fit', () => {
  it.each([
    ['sigmoid', -20, 20],
    ['softplus', -20, 20],
    ['tanh', -20, 20],
    ['gelu', -20, 20],
    ['geluDerivative', -20, 20],
    ['sigmoidThreePieces', -20, 20],
    ['sigmoidFivePieces', -20, 20],
  ] as const)('%s', async (name, low, high) => {
    expect(await errorOf(name, low, high)).toBeLessThan(2 ** -14);
  });
});
