import { aby3 } from '@triad/aby3';
import { data, layers, plan, program, reveal, type Variable } from '@triad/layers';
import { expect, it } from 'vitest';

const count = 1000;

/** Rounds of f of secrets. */
const roundsOf = (f: (x: Variable) => Variable): number => {
  const p = program(() => {
    reveal(f(data({ name: 'x', shape: [count / 10, 10] })), 0, 'y');
  });
  const whole = plan(p, aby3(), { fetchList: ['y'] }).rounds;
  return whole - aby3().cost.reveal(count, 0).rounds;
};

const most: readonly (readonly [name: string, rounds: number, f: (x: Variable) => Variable])[] = [
  ['a comparison', 5, (x) => layers.less(x, 0)],
  ['equality', 5, (x) => layers.equal(x, 0)],
  ['relu', 6, layers.relu],
  ['the larger of two', 6, (x) => layers.maximum(x, 1)],
  ['the largest of ten', 9, layers.reduceMax],
  ['argmax of ten', 9, layers.argmax],
  ['the three largest of ten', 11, (x) => layers.topK(x, 3).values],
  ['sigmoid', 7, layers.sigmoid],
  ['tanh', 7, layers.tanh],
  ['gelu', 7, layers.gelu],
  ['softplus', 7, layers.softplus],
  ['exp', 9, layers.exp],
  ['exp up to 0', 7, (x) => layers.exp(x, { high: 0 })],
  ['log', 11, layers.log],
  ['reciprocal', 11, layers.reciprocal],
  ['reciprocal on [1, 10]', 7, (x) => layers.reciprocal(x, { low: 1, high: 10 })],
  ['rsqrt', 11, layers.rsqrt],
  ['sqrt', 11, layers.sqrt],
  ['division', 13, (x) => layers.division(1, x)],
  ['softmax over ten', 25, layers.softmax],
];

it.each(most)('%s takes %d rounds', (_, rounds, f) => {
  expect(roundsOf(f)).toBe(rounds);
});

it('a comparison sends 26 bytes a party on average', () => {
  const { bytes } = aby3().cost.below!(1_000_000, 1, 1_000_000);
  expect(bytes.reduce((a, b) => a + b, 0) / 3 / 1_000_000).toBeLessThan(26);
});
