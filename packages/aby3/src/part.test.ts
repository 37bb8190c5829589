import { simulate, TriadError } from '@triad/protocol';
import { add, memory, Tensor } from '@triad/ring';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aby3 } from './aby3.js';
import { parts } from './part.js';

const words = fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), {
  minLength: 1,
  maxLength: 20,
});
const subsets = [
  [0, 1, 2],
  [0, 1],
  [1, 2],
  [0, 2],
];

const disposeAll = (all: readonly (readonly Tensor[])[]) => {
  for (const tensors of all) for (const tensor of tensors) tensor.dispose();
};

const errorOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
};

describe('parts', () => {
  it('of any two parties, or all, give the value back, and no memory stays behind', () => {
    const before = memory.liveBytes;
    fc.assert(
      fc.property(words, fc.constantFrom(...subsets), (values, present) => {
        const x = Tensor.from([values.length], values);
        const all = parts.split(x);
        const sum = parts.combine([0, 1, 2].map((rank) => (present.includes(rank) ? all[rank] : undefined)));
        expect(sum.toBigInts()).toEqual(values);
        for (const tensor of [x, sum]) tensor.dispose();
        disposeAll(all);
      }),
    );
    expect(memory.liveBytes).toBe(before);
  });

  it('of one party are not enough, and look the same whatever the value', () => {
    const n = 4096;
    const x = Tensor.from([n], new Array<bigint>(n).fill(-1n));
    const all = parts.split(x);
    for (const rank of [0, 1, 2]) {
      const alone = [0, 1, 2].map((r) => (r === rank ? all[r] : undefined));
      expect(errorOf(() => parts.combine(alone))).toMatchObject({ code: 'bad-argument' });
      for (const part of all[rank]!) {
        const lanes = new Array<number>(64).fill(0);
        for (const word of part.toBigInts())
          for (let lane = 0; lane < 64; lane++) lanes[lane]! += Number((word >> BigInt(lane)) & 1n);
        // 7 standard deviations of a fair bit: wrong by chance once in 10^9 of these tests.
        for (const ones of lanes) expect(Math.abs(ones - n / 2)).toBeLessThan(7 * Math.sqrt(n / 4));
      }
    }
    x.dispose();
    disposeAll(all);
  });

  it('are fresh at every split', () => {
    const x = Tensor.from([2], [1, 2]);
    const [first, second] = [parts.split(x), parts.split(x)];
    expect(first[0]![0]!.toBigInts()).not.toEqual(second[0]![0]!.toBigInts());
    expect(first[0]![0]!.toBigInts()).not.toEqual(first[1]![0]!.toBigInts());
    x.dispose();
    disposeAll([...first, ...second]);
  });

  it('whose copies differ are refused, and the parties named', () => {
    const x = Tensor.from([3], [1, 2, 3]);
    const one = Tensor.from([], [1]);
    const changed = (rank: number, part: number) =>
      parts.split(x).map((pair, r) => pair.map((t, p) => (r === rank && p === part ? add(t, one) : t)));
    const messageOf = (rank: number, part: number) => {
      const error = errorOf(() => parts.combine(changed(rank, part)));
      expect(error).toBeInstanceOf(TriadError);
      expect(error).toMatchObject({ code: 'mismatch' });
      return (error as TriadError).message;
    };
    expect(messageOf(0, 0)).toContain('parties 0 and 2');
    expect(messageOf(0, 1)).toContain('parties 0 and 1');
    expect(messageOf(1, 1)).toContain('parties 1 and 2');
  });

  it('that contradict both others show whose they are, and the others give the value', () => {
    const values = [1n, -2n, 2n ** 63n - 1n];
    const x = Tensor.from([3], values);
    const one = Tensor.from([], [1]);
    for (const liar of [0, 1, 2]) {
      const honest = parts.split(x);
      const given = honest.map((pair, rank) => (rank === liar ? pair.map((part) => add(part, one)) : pair));
      expect(errorOf(() => parts.combine(given))).toMatchObject({ code: 'mismatch', party: liar });
      const sum = parts.combine(given.map((pair, rank) => (rank === liar ? undefined : pair)));
      expect(sum.toBigInts()).toEqual(values);
      sum.dispose();
      disposeAll([...honest, given[liar]!]);
    }
    for (const tensor of [x, one]) tensor.dispose();
  });

  it('of a running job are refreshed: the same value, other components, as the copies agree', async () => {
    const before = memory.liveBytes;
    const values = [5n, -7n, 2n ** 62n];
    const { results, bytes } = await simulate(aby3(), async ({ protocol, session }) => {
      const c = Tensor.from([3], values);
      const x = protocol.constant(c);
      const fresh = [0, 1].map((k) => protocol.refresh!(session.op('keep', k), x));
      const kept = fresh.map((share) => parts.of(share));
      for (const share of [x, ...fresh]) protocol.dispose(share);
      c.dispose();
      return kept;
    });
    const sums = [0, 1].map((k) => parts.combine(results.map((kept) => kept[k]!)));
    expect(sums.map((sum) => sum.toBigInts())).toEqual([values, values]);
    expect(results[0]![0]![0]!.toBigInts()).not.toEqual(results[0]![1]![0]!.toBigInts());
    expect(results.flatMap((kept) => kept[0]!.map((t) => t.toBigInts().join()))).not.toContain('0,0,0');
    // Parts of two refreshes do not go together.
    expect(errorOf(() => parts.combine([results[0]![0], results[1]![1], undefined]))).toMatchObject({
      code: 'mismatch',
    });
    expect(bytes).toEqual([0, 0, 0]);
    for (const sum of sums) sum.dispose();
    for (const kept of results) disposeAll(kept);
    expect(memory.liveBytes).toBe(before);
  });
});
