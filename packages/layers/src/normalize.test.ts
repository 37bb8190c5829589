import { plain } from '@triad/protocol';
import { describe, expect, it } from 'vitest';
import { everywhere, job } from './fixture/parties.js';
import { data, FloatTwin, layers, NdArray, optimizer, type Program, program } from './index.js';

type Rows = readonly (readonly number[])[];

const column = (rows: Rows, j: number): number[] => rows.map((row) => row[j]!);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

const statistics: Readonly<
  Record<(typeof layers.statisticRows)[number], (values: readonly number[]) => number>
> = {
  rows: ({ length }) => length / 1024,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  mean,
  deviation,
};

/** What owners tell of their rows. */
const told = (tables: readonly Rows[]): number[][] =>
  tables.flatMap((rows) =>
    layers.statisticRows.map((row) => rows[0]!.map((_, j) => statistics[row](column(rows, j)))),
  );

const learning = (owners: number, features: number, kind: layers.NormalizationKind): Program =>
  program(() => {
    layers.learnNormalization({
      statistics: data({ name: 'statistics', shape: [5 * owners, features] }),
      kind,
    });
  });

/** Offsets and factors, by the plaintext protocol in fixed point. */
const learned = async (statistics: readonly (readonly number[])[], kind: layers.NormalizationKind) => {
  const values = NdArray.from(statistics);
  const p = learning(statistics.length / 5, values.shape[1]!, kind);
  const [found] = await everywhere(job(plain(1)), p, async (exe) => {
    const feed = await exe.share({ statistics: { owner: 0, shape: values.shape, values } });
    await exe.run({ feed });
    const of = async (name: string) => [
      ...(await exe.reveal(exe.parameters.get(`normalization.${name}`)!))!.data,
    ];
    return { offset: await of('offset'), factor: await of('factor') };
  });
  return found!;
};

/** Rows of an owner: columns of several units, some of which tell owners apart. */
const rowsOf = (owner: number, count: number): Rows =>
  Array.from({ length: count }, (_, i) => {
    const u = Math.sin(1 + i * 12.9898 + owner);
    return [u / 40, u + owner, 30 + 10 * u * u, 400 + 300 * u - 50 * owner, i % 3 === 0 ? 1 : 0, 7, owner];
  });

const tables = [rowsOf(0, 300), rowsOf(1, 50), rowsOf(2, 1000)];
const all = tables.flat();

const expected: Readonly<Record<layers.NormalizationKind, (values: readonly number[]) => [number, number]>> =
  {
    minMax: (values) => [Math.min(...values), Math.max(...values) - Math.min(...values)],
    mean: (values) => [mean(values), Math.max(...values) - Math.min(...values)],
    standard: (values) => [mean(values), deviation(values)],
  };

describe('normalisation over the rows of several owners', () => {
  it.each(['minMax', 'mean', 'standard'] as const)('by %s is that of all rows together', async (kind) => {
    const { offset, factor } = await learned(told(tables), kind);
    for (const [j, found] of offset.entries()) {
      const [wanted, spread] = expected[kind](column(all, j));
      // A thousandth of a deviation, and what fixed point rounds away.
      expect(Math.abs(found - wanted)).toBeLessThan(1e-3 * spread + 2 ** -14);
      const product = factor[j]! * spread;
      if (spread > 0) expect(Math.abs(product - 1)).toBeLessThan(0.01 + spread * 2 ** -16);
      else expect(Math.abs(factor[j]! * (7 - found))).toBeLessThan(0.1);
    }
  });

  it('of one owner is that of its rows', async () => {
    const { offset, factor } = await learned(told([tables[1]!]), 'standard');
    const [wanted, spread] = expected.standard(column(tables[1]!, 3));
    expect(Math.abs(offset[3]! - wanted)).toBeLessThan(0.1);
    expect(factor[3]! * spread).toBeCloseTo(1, 1);
  });

  it.each([
    [131_072, 2, 30_000],
    [1_000_000, 1, 30_000],
    [100, 1, 30_000],
  ])('of %d rows that are alike and %d with a deviation of %d is in range', async (many, few, spread) => {
    const rows = (count: number, s: number) => [[count / 1024], [-2 * s], [2 * s], [0], [s]];
    const { offset, factor } = await learned([...rows(many, 0), ...rows(few, spread)], 'standard');
    const deviation = spread * Math.sqrt(few / (many + few));
    expect(Math.abs(offset[0]!)).toBeLessThan(deviation);
    // Between that of the few rows counted four times, and that of a column that never changes.
    expect(factor[0]! * deviation).toBeGreaterThan(0.5);
    expect(factor[0]!).toBeLessThan(2 ** 11 * 1.01);
  });

  it('is kept by a training, which does not learn it', () => {
    const train = program(() => {
      const x = layers.normalize({ input: data({ name: 'x', shape: [null, 2] }) });
      const y = data({ name: 'y', shape: [null, 1] });
      const cost = layers.mean(
        layers.squareErrorCost({ input: layers.fc({ input: x, size: 1, name: 'fc' }), label: y }),
      );
      new optimizer.SGD({ learningRate: 0.1 }).minimize(cost);
    });
    const twin = new FloatTwin(train, {
      'normalization.offset': NdArray.from([10, 20]),
      'normalization.factor': NdArray.from([0.5, 0.25]),
      'fc.w_0': NdArray.from([[0], [0]]),
      'fc.b_0': NdArray.from([0]),
    });
    twin.run({ feed: { x: [[12, 24]], y: [[1]] } });
    expect([...twin.parameters.get('normalization.offset')!.data]).toEqual([10, 20]);
    expect([...twin.parameters.get('normalization.factor')!.data]).toEqual([0.5, 0.25]);
    // The gradient of (w x + b - 1)^2 at 0 is -2 x, and x = (1, 1) after normalisation.
    expect([...twin.parameters.get('fc.w_0')!.data]).toEqual([0.2, 0.2]);
  });

  it('takes five rows of each owner, and nothing else', () => {
    const wrong = (shape: readonly number[]) => () =>
      program(() =>
        layers.learnNormalization({ statistics: data({ name: 's', shape: [...shape] }), kind: 'minMax' }),
      );
    expect(wrong([6, 2])).toThrow(/give \[5 \* owners, features\]/);
    expect(wrong([5])).toThrow(/give \[5 \* owners, features\]/);
  });
});
