import { describe, expect, it } from 'vitest';
import { runPlain } from './fixture/encrypted.js';
import { type FunctionName, functions } from './function/function.js';
import { data, layers, NdArray, program, reveal, type Variable } from './index.js';
import { applyFunction, type RangeOptions } from './op.js';

const count = 20_001;

/** Fixed-point numbers from low to high, evenly or, for positive ones, by ratio. */
const grid = (low: number, high: number, byRatio = false): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => {
    const t = i / (count - 1);
    const x = byRatio ? low * (high / low) ** t : low + (high - low) * t;
    return Math.round(x * 2 ** 16) / 2 ** 16;
  });

/** Largest error, relative to values above 1. */
const errorOf = async (name: FunctionName, x: Float64Array, range: RangeOptions = {}): Promise<number> => {
  const p = program(() => {
    reveal(applyFunction(name, data({ name: 'x', shape: [count] }), range), 'all', 'y');
  });
  const [y] = await runPlain(p, { x: new NdArray([count], x) }, ['y']);
  return x.reduce((e, v, i) => {
    const expected = functions[name].evaluate(v);
    return Math.max(e, Math.abs(y!.data[i]! - expected) / Math.max(1, Math.abs(expected)));
  }, 0);
};

describe('functions by pieces stay within 3 units of 2^-16 plus the fit', () => {
  it.each([
    ['sigmoid', -20, 20],
    ['sigmoid', -(2 ** 20), 2 ** 20],
    ['softplus', -20, 20],
    ['softplus', -(2 ** 16), 2 ** 16],
    ['gelu', -(2 ** 16), 2 ** 16],
    ['tanh', -20, 20],
    ['gelu', -20, 20],
    ['geluDerivative', -20, 20],
    ['sigmoidThreePieces', -20, 20],
    ['sigmoidFivePieces', -20, 20],
    ['exp', -30, 0, { high: 0 }],
    ['exp', -30, 10],
    ['exp', -2, 16, { low: -2, high: 16 }],
    ['reciprocal', 1, 10, { low: 1, high: 10 }],
    ['log', 1, 10, { low: 1, high: 10 }],
    ['rsqrt', 0.5, 16, { low: 0.5, high: 16 }],
    ['reciprocal', 1, 64, { low: 1, high: 64 }],
  ] as const)('%s on [%d, %d], promised %j', async (name, low, high, range?: RangeOptions) => {
    expect(await errorOf(name, grid(low, high), range)).toBeLessThan(2 ** -14);
  });
});

describe('functions on wide ranges have the precision of their scaled argument', () => {
  it.each(['reciprocal', 'log', 'rsqrt', 'sqrt'] as const)('%s', async (name) => {
    const [low, high] = functions[name].range;
    expect(await errorOf(name, grid(low, high, true))).toBeLessThan(2 ** -14);
  });
});

describe('quotients', () => {
  it.each([
    [2 ** -10, 2 ** 16],
    [1, 2],
    [3, 50],
  ])('are exact for y on [%d, %d] to 2^-14, relative to those above 1', async (low, high) => {
    const y = grid(low, high, true);
    const x = y.map((v, i) => Math.round(((i % 201) - 100) * Math.min(v, 100) * 2 ** 10) / 2 ** 16);
    const p = program(() => {
      const [a, b] = ['x', 'y'].map((name) => data({ name, shape: [count] })) as [Variable, Variable];
      reveal(layers.division(a, b, { low, high }), 'all', 'z');
    });
    const [z] = await runPlain(p, { x: new NdArray([count], x), y: new NdArray([count], y) }, ['z']);
    const error = y.reduce((e, v, i) => {
      const expected = x[i]! / v;
      return Math.max(e, Math.abs(z!.data[i]! - expected) / Math.max(1, Math.abs(expected)));
    }, 0);
    expect(error).toBeLessThan(2 ** -14);
  });
});

describe('functions to a tolerance', () => {
  it.each([
    ['rsqrt', 2 ** -11, 2 ** 12, 2 ** -11],
    ['reciprocal', 2 ** -8, 2 ** 8, 2 ** -10],
    ['exp', -4, 8, 2 ** -9],
  ] as const)('%s on [%d, %d] is right to %d and 3 units', async (name, low, high, tolerance) => {
    const x = grid(low, high, low > 0);
    const p = program(() => {
      reveal(applyFunction(name, data({ name: 'x', shape: [count] }), { low, high, tolerance }), 'all', 'y');
    });
    const [y] = await runPlain(p, { x: new NdArray([count], x) }, ['y']);
    for (const [i, v] of x.entries()) {
      const exact = functions[name].evaluate(v);
      const error = Math.abs(y!.data[i]! - exact);
      if (error > tolerance * Math.abs(exact) + 3 * 2 ** -16) expect.fail(`${name}(${v}) is off by ${error}`);
    }
  });

  it('are tolerances', () => {
    const off = (tolerance: number) => () =>
      program(() => void applyFunction('exp', data({ name: 'x', shape: [1] }), { tolerance }));
    expect(off(0)).toThrow(/off by 0/);
    expect(off(0.1)).not.toThrow();
  });
});
