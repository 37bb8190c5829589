import { describe, expect, it } from 'vitest';
import { constant, data, layers, type Program, parameter, program, reveal, type Variable } from '../index.js';
import { isKind } from '../program.js';
import { type Instruction, isInteractive } from './instruction.js';
import { lower } from './lower.js';

/** The instructions of a program of two 4x4 matrices, its reveals fetched. */
const instructions = (
  f: (x: Variable, y: Variable) => Variable | readonly Variable[],
): readonly Instruction[] => {
  const p: Program = program(() => {
    const [x, y] = [data({ name: 'x', shape: [4, 4] }), data({ name: 'y', shape: [4, 4] })];
    for (const value of [f(x, y)].flat() as Variable[]) reveal(value);
  });
  const reveals = p.nodes.filter((node) => isKind(node, 'reveal'));
  return lower(p, undefined, reveals).instructions;
};

/** Interactive ones, reveals aside: products with the bits they lose and the maps before, and truncations. */
const interactive = (list: readonly Instruction[]): string[] =>
  list.filter(isInteractive).flatMap((i) => {
    if (i.op === 'product')
      return [`${[i.map.name, ...i.after.map(({ name }) => name)].join('.')}>>${i.bits}`];
    return i.op === 'truncate' ? [`>>${i.bits}`] : [];
  });

const cost = (f: Parameters<typeof instructions>[0]): string[] => interactive(instructions(f));

describe('lowering', () => {
  it('truncates a sum of products once', () => {
    expect(cost((x, y) => layers.sum(layers.mul(x, y)))).toEqual(['dot>>16']);
    expect(cost((x, y) => layers.sum(layers.mul(x, y), { axes: [1] }))).toEqual(['mul.sum>>16']);
    expect(cost((x, y) => layers.sum(layers.mul(x, layers.sum(y, { axes: [0] }))))).toEqual(['mul.sum>>16']);
  });

  it('folds chains of public factors into the truncation there is', () => {
    const chain = (z: Variable) => layers.scale(layers.scale(layers.scale(z, 0.25), 3), 0.5);
    expect(cost((x, y) => chain(layers.matmul(x, y)))).toEqual(['matmul.scale>>19']);
    expect(cost((x, y) => layers.matmul(chain(x), layers.scale(y, 2)))).toEqual(['matmul.scale>>18']);
    expect(cost((x) => chain(x))).toEqual(['>>3']);
  });

  it('pays nothing for powers of two, whole factors and signs', () => {
    expect(cost((x, y) => layers.scale(layers.matmul(x, y), 1 / 8))).toEqual(['matmul>>19']);
    expect(cost((x) => layers.scale(layers.scale(x, 7), -2))).toEqual([]);
    expect(cost((x, y) => layers.sub(layers.scale(x, -3), layers.scale(y, 5)))).toEqual([]);
    expect(cost((x) => layers.scale(layers.scale(x, 0.25), 4))).toEqual([]);
  });

  it('scales a sum, not its summands', () => {
    expect(cost((x, y) => layers.add(layers.scale(x, 0.3), layers.scale(y, -0.3)))).toHaveLength(1);
    expect(cost((x) => layers.add(layers.scale(x, 0.3), layers.scale(x, 0.7)))).toEqual([]);
    expect(cost((x) => layers.mean(x))).toEqual(['>>4']);
  });

  it('truncates a value once, however often it is used', () => {
    expect(
      cost((x, y) => {
        const z = layers.scale(layers.matmul(x, y), 0.5);
        return [z, layers.add(z, x), layers.scale(z, 2)];
      }),
    ).toEqual(['matmul>>17']);
    expect(
      cost((x, y) => {
        const z = layers.scale(x, 0.5);
        return [z, layers.add(z, y), layers.transpose(z)];
      }),
    ).toEqual(['>>1', '>>1']);
  });

  it('multiplies with public arrays locally, and truncates unless they are whole numbers', () => {
    const mask = (one: number) => constant([one, 0, one, 0]);
    expect(cost((x) => layers.mul(x, mask(1)))).toEqual([]);
    expect(cost((x) => layers.mul(x, mask(0.5)))).toEqual(['>>16']);
    expect(cost((x) => layers.sum(layers.scale(layers.matmul(x, constant(0.25, [4, 4])), 0.5)))).toEqual([
      '>>17',
    ]);
    expect(cost((x) => layers.mul(x, constant(0.5, [4, 4])))).toEqual(['>>1']);
    expect(cost((x) => layers.add(x, layers.mul(mask(1), mask(1))))).toEqual([]);
  });

  it('truncates before a map that makes the product larger', () => {
    const [product, pad] = instructions((x, y) => layers.pad(layers.matmul(x, y), [1, 1], [1, 1])).slice(2);
    expect([product!.op, product!.shape, pad!.op, pad!.shape]).toEqual(['product', [4, 4], 'linear', [6, 6]]);
  });

  it('computes nothing that is not asked for', () => {
    expect(instructions((x) => x).map(({ op }) => op)).toEqual(['input', 'reveal']);
  });

  it('refuses to assign a parameter twice', () => {
    const p = program(() => {
      const w = parameter({ name: 'w', shape: [] });
      for (const k of [1, 2]) w.program.append('assign', [w, layers.add(w, k)], {});
    });
    expect(() => lower(p, undefined, [])).toThrow(/'w' is assigned twice/);
  });
});
