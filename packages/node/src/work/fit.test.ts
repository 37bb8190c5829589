import type { Manifest } from '@triad/data';
import {
  constant,
  data,
  fractionBits,
  layers,
  normalInitializer,
  type Program,
  parameter,
  program,
  reveal,
} from '@triad/layers';
import { describe, expect, it } from 'vitest';
import { fit } from './fit.js';
import { parseWork } from './parsed.js';
import { type WorkDraft, work } from './work.js';

/** Says of itself so many rows and columns. */
const manifest = (name: string, rows: number, columns: readonly string[], bits = fractionBits): Manifest =>
  ({ owner: 'alice', name, rows, columns, fractionBits: bits }) as Manifest;

const sets: Readonly<Record<string, Manifest>> = {
  'alice/small': manifest('small', 30, ['a', 'b']),
  'alice/large': manifest('large', 70, ['a', 'b']),
  'alice/other': manifest('other', 70, ['a', 'c']),
  'alice/price': manifest('price', 100, ['price']),
  'alice/rough': manifest('rough', 30, ['a', 'b'], 8),
};

/** Means of a table of two columns, and of one. */
const means = (height: number | null = null): Program =>
  program(() => {
    reveal(layers.mean(data({ name: 'x', shape: [height, 2] })), 'carol', 'x_mean');
    reveal(layers.mean(data({ name: 'y', shape: [null, 1] })), 'carol', 'y_mean');
  });

const x = () => data({ name: 'x', shape: [null, 2] });
const wild = () => parameter({ name: 'w', shape: [2, 1], initializer: normalInitializer(1e300) });

const fitted = (
  inputs: WorkDraft['inputs'],
  { batch, p = means() }: { batch?: number; p?: Program } = {},
) => {
  const feed = { x: 'x', y: 'y' };
  const stages = [
    { program: 'p', feed, reveal: ['x_mean', 'y_mean'], ...(batch !== undefined && { batch }) },
  ];
  return fit(parseWork(work({ programs: { p }, inputs, stages })), (set) => sets[set]!);
};

describe('a work on data sets', () => {
  it('has the units of their rows, one below the other', () => {
    const inputs = { x: ['alice/small', 'alice/large'], y: 'alice/price' };
    expect(fitted(inputs).units).toBe(1);
    expect(fitted(inputs, { batch: 30 }).spans).toMatchObject([{ rows: 100, batch: 30, runs: 4, end: 4 }]);
    expect(fitted(inputs, { batch: 20, p: means(20) }).units).toBe(5);
  });

  it.each([
    [
      'other columns',
      { x: ['alice/large', 'alice/other'], y: 'alice/price' },
      {},
      /'x' mixes data sets with other columns: alice\/large/,
    ],
    [
      'other fixed point',
      { x: 'alice/rough', y: 'alice/price' },
      {},
      /'alice\/rough' has 8 bits of fraction/,
    ],
    ['fewer rows', { x: 'alice/small', y: 'alice/price' }, {}, /stage 0: 'x' has 30 rows, 'y' 100/],
    [
      'fewer columns',
      { x: 'alice/price', y: 'alice/price' },
      {},
      /'x' of program 'p' has shape \[batch, 2\], but 'x' has 100 rows of 1 columns/,
    ],
    [
      'a last run of fewer rows',
      { x: ['alice/small', 'alice/large'], y: 'alice/price' },
      { batch: 30, p: means(30) },
      /shape \[30, 2\], but .* 30 rows a run/,
    ],
  ])('does not go with %s', (_, inputs, options, reason) => {
    expect(() => fitted(inputs, options)).toThrow(
      expect.objectContaining({ code: 'mismatch', message: expect.stringMatching(reason) }),
    );
  });

  it.each([
    ['a factor', () => layers.mul(layers.mean(x()), constant(2 ** 50)), /leaves no range/],
    ['an initial value', () => layers.matmul(x(), wild()), /1e\+?300|deviation|range|large/],
  ])('is refused for %s that cannot be compiled, with the stage and the program', (_, of, reason) => {
    const p = program(() => reveal(of(), 'carol', 'of'));
    const stages = [{ program: 'p', feed: { x: 'x' }, reveal: ['of'] }];
    const made = parseWork(work({ programs: { p }, inputs: { x: 'alice/small' }, stages }));
    const fitting = () => fit(made, (set) => sets[set]!);
    expect(fitting).toThrow(/stage 0: program 'p' cannot be compiled/);
    expect(fitting).toThrow(reason);
  });

  it('has runs of so many kinds', () => {
    const p = program(() => reveal(layers.mean(x()), 'carol', 'm'));
    const stages = Array.from({ length: 65 }, (_, i) => ({ program: 'p', feed: { x: 'x' }, batch: i + 1 }));
    const made = parseWork(work({ programs: { p }, inputs: { x: 'alice/large' }, stages }));
    expect(() => fit(made, (set) => sets[set]!)).toThrow(/more than 64 kinds/);
  });

  it('has one parameter of a name', () => {
    const one = (width: number) =>
      program(
        () =>
          void layers.matmul(
            data({ name: 'x', shape: [null, width] }),
            parameter({ name: 'w', shape: [width, 1] }),
          ),
      );
    const draft = { inputs: { x: 'alice/small' }, stages: [{ program: 'a', feed: { x: 'x' } }] };
    expect(() => parseWork(work({ programs: { a: one(2), b: one(1) }, ...draft }))).toThrow(/'w'/);
  });
});
