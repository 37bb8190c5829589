import { describe, expect, it } from 'vitest';
import { runPlain } from './fixture/encrypted.js';
import { data, gradients, layers, NdArray, program, reveal } from './index.js';

const [batch, classes] = [6, 10];

/** Logits from moderate to very far apart. */
const logits = new NdArray(
  [batch, classes],
  Float64Array.from(
    { length: batch * classes },
    (_, i) => ((i * 37) % 23) * 2 ** (Math.floor(i / classes) - 3) - 5,
  ),
);

const label = new NdArray(
  [batch, classes],
  Float64Array.from({ length: batch * classes }, (_, i) =>
    Number((Math.floor(i / classes) * 3) % classes === i % classes),
  ),
);

const rowOf = (x: NdArray, i: number): Float64Array => x.data.subarray(i * classes, (i + 1) * classes);

const expectedOf = (row: Float64Array): { probabilities: number[]; logSum: number } => {
  const highest = Math.max(...row);
  const powers = [...row].map((x) => Math.exp(x - highest));
  const total = powers.reduce((a, b) => a + b);
  return { probabilities: powers.map((p) => p / total), logSum: Math.log(total) + highest };
};

const p = program(() => {
  const x = data({ name: 'x', shape: [batch, classes] });
  const y = data({ name: 'y', shape: [batch, classes] });
  const cost = layers.softmaxCrossEntropyWithLogits({ input: x, label: y });
  reveal(layers.softmax(x), 'all', 'softmax');
  reveal(cost, 'all', 'cost');
  reveal(gradients(layers.sum(cost), [x])[0]!, 'all', 'gradient');
});

describe('softmax and its cross entropy', () => {
  it('are those of float64', async () => {
    const [softmax, cost, gradient] = await runPlain(p, { x: logits, y: label }, [
      'softmax',
      'cost',
      'gradient',
    ]);
    for (let i = 0; i < batch; i++) {
      const { probabilities, logSum } = expectedOf(rowOf(logits, i));
      const [target, shares, slopes] = [rowOf(label, i), rowOf(softmax!, i), rowOf(gradient!, i)];
      const matched = rowOf(logits, i).reduce((sum, x, j) => sum + x * target[j]!, 0);
      expect(Math.abs(cost!.data[i]! - (logSum - matched))).toBeLessThan(2 ** -12);
      for (const [j, probability] of probabilities.entries()) {
        expect(Math.abs(shares[j]! - probability)).toBeLessThan(2 ** -13);
        expect(Math.abs(slopes[j]! - (probability - target[j]!))).toBeLessThan(2 ** -13);
      }
    }
  });
});
