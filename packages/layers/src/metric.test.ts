import { plain } from '@triad/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runPlain } from './fixture/encrypted.js';
import { everywhere, job } from './fixture/parties.js';
import { data, FloatTwin, metric, NdArray, program, reveal, type Variable } from './index.js';

type Make = (options: { input: Variable; label: Variable }) => Variable;

/** A metric of numbers, by the plaintext protocol; its float twin is within `tolerance`. */
const compute = async (
  make: Make,
  scores: NdArray,
  labels: NdArray,
  tolerance = 2 ** -11,
): Promise<number> => {
  const p = program(() => {
    const [input, label] = [
      data({ name: 's', shape: scores.shape }),
      data({ name: 'y', shape: labels.shape }),
    ];
    reveal(make({ input, label }), 'all', 'm');
  });
  const feed = { s: scores, y: labels };
  const [fixed] = await runPlain(p, feed, ['m']);
  const [float] = new FloatTwin(p).run({ feed, fetchList: ['m'] });
  if (Number.isFinite(float!.item())) expect(Math.abs(fixed!.item() - float!.item())).toBeLessThan(tolerance);
  return fixed!.item();
};

const column = (values: readonly number[]) => new NdArray([values.length, 1], Float64Array.from(values));

const scores = column([0.9, 0.8, 0.5, 0.49, 0.4, 0.2, 0.1, 0.7]);
const labels = column([1, 0, 1, 1, 0, 0, 0, 1]);

describe('binary metrics', () => {
  it.each([
    ['accuracy', metric.binaryAccuracy, 6 / 8],
    ['precision', metric.precision, 3 / 4],
    ['recall', metric.recall, 3 / 4],
    ['f1', metric.f1, 3 / 4],
    ['recall of a high threshold', (o) => metric.recall({ ...o, threshold: 0.75 }), 1 / 4],
    ['precision of a high threshold', (o) => metric.precision({ ...o, threshold: 0.75 }), 1 / 2],
    ['f1 of a high threshold', (o) => metric.f1({ ...o, threshold: 0.75 }), 1 / 3],
  ] as const satisfies readonly (readonly [string, Make, number])[])('%s', async (_, make, expected) => {
    expect(Math.abs((await compute(make, scores, labels)) - expected)).toBeLessThan(2 ** -11);
  });

  it('are 0 where nothing is predicted', async () => {
    const make: Make = (o) => metric.precision({ ...o, threshold: 2 });
    expect(Math.abs(await compute(make, scores, labels))).toBeLessThan(2 ** -11);
  });

  it('are their formulas', async () => {
    const rows = fc.array(fc.tuple(fc.nat(64), fc.boolean()), { minLength: 2, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(rows, async (list) => {
        const [s, y] = [list.map(([v]) => v / 64), list.map(([, b]) => Number(b))];
        const count = (p: boolean, t: number) => s.filter((v, i) => v >= 0.5 === p && y[i] === t).length;
        const [tp, fp, fn, tn] = [count(true, 1), count(true, 0), count(false, 1), count(false, 0)];
        const expected: readonly [Make, number][] = [
          [metric.binaryAccuracy, (tp + tn) / s.length],
          [metric.precision, tp / Math.max(1, tp + fp)],
          [metric.recall, tp / Math.max(1, tp + fn)],
          [metric.f1, (2 * tp) / Math.max(1, 2 * tp + fp + fn)],
        ];
        for (const [make, value] of expected)
          expect(Math.abs((await compute(make, column(s), column(y))) - value)).toBeLessThan(2 ** -11);
      }),
      { numRuns: 40, seed: 20261124 },
    );
  });
});

describe('accuracy of classes', () => {
  const logits = NdArray.from([
    [3, 1, 2],
    [0, 5, 6],
    [1, 2, -7],
    [9, 8, 7],
  ]);
  const oneHot = NdArray.from([
    [1, 0, 0],
    [0, 1, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);

  it('counts the largest', async () => {
    expect(await compute(metric.accuracy, logits, oneHot)).toBeCloseTo(2 / 4, 3);
  });

  it('counts the two largest', async () => {
    expect(await compute((o) => metric.accuracy({ ...o, k: 2 }), logits, oneHot)).toBeCloseTo(3 / 4, 3);
  });
});

describe('metrics of regressions', () => {
  const [x, y] = [column([1, 2, 3, 4]), column([1.5, 2, 2, 5])];

  it('measure squared errors', async () => {
    expect(await compute(metric.meanSquaredError, x, y)).toBeCloseTo((0.25 + 1 + 1) / 4, 3);
  });

  it('measure what is explained', async () => {
    const squares = [1.5, 2, 2, 5].reduce((s, v) => s + (v - 2.625) ** 2, 0);
    expect(await compute(metric.r2, x, y)).toBeCloseTo(1 - 2.25 / squares, 3);
  });
});

describe('metrics of rankings', () => {
  it('are those of examples worked by hand', () => {
    expect(metric.auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75);
    expect(metric.ks([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.5);
    expect([metric.auc([1, 2, 3], [0, 0, 1]), metric.ks([1, 2, 3], [0, 0, 1])]).toEqual([1, 1]);
    expect([metric.auc([1, 1, 1, 1], [0, 1, 0, 1]), metric.ks([1, 1, 1, 1], [0, 1, 0, 1])]).toEqual([0.5, 0]);
    expect(metric.auc(scores, labels)).toBe(13 / 16);
  });

  it('are what comparing all pairs and all thresholds finds', () => {
    const rows = fc.array(fc.tuple(fc.nat(9), fc.boolean()), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(rows, (list) => {
        const [s, y] = [list.map(([v]) => v), list.map(([, b]) => Number(b))];
        const of = (kind: number) => s.filter((_, i) => y[i] === kind);
        const [high, low] = [of(1), of(0)];
        fc.pre(high.length > 0 && low.length > 0);
        const wins = high.flatMap((a) => low.map((b): number => (a > b ? 1 : a === b ? 0.5 : 0)));
        expect(metric.auc(s, y)).toBeCloseTo(wins.reduce((a, b) => a + b) / wins.length, 12);
        const below = (list: number[], t: number) => list.filter((v) => v < t).length / list.length;
        const distances = s.map((t) => Math.abs(below(high, t) - below(low, t)));
        expect(metric.ks(s, y)).toBeCloseTo(Math.max(...distances), 12);
      }),
      { seed: 20261124 },
    );
  });

  it('need both kinds of labels', () => {
    expect(() => metric.auc([1, 2], [1, 1])).toThrow(/one kind/);
    expect(() => metric.ks([1, 2], [1])).toThrow(/2 scores have 1 labels/);
  });
});

it('a metric is for whom the program reveals it to', async () => {
  const p = program(() => {
    const [input, label] = [data({ name: 's', shape: [null, 1] }), data({ name: 'y', shape: [null, 1] })];
    reveal(metric.f1({ input, label }), 'alice', 'f1');
  });
  const seen = await everywhere(job(plain(3), ['alice']), p, async (exe) => {
    const shared = await exe.share({
      s: { owner: 'alice', shape: scores.shape, values: scores },
      y: { owner: 0, shape: labels.shape, values: labels },
    });
    const [value] = await exe.run({ feed: shared, fetchList: ['f1'] });
    return value?.item();
  });
  expect(seen.slice(0, 3)).toEqual([undefined, undefined, undefined]);
  expect(seen[3]).toBeCloseTo(0.75, 3);
});
