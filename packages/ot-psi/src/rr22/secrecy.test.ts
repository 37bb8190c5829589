import type { Message } from '@triad/protocol';
import { describe, expect, test } from 'vitest';
import { digestsOf, pair, runPair, setOf } from '../fixture/pair.js';
import type { KeySet } from '../key/key-set.js';
import { okvsShape } from '../okvs/shape.js';
import { maskBytes } from '../psi/mask.js';
import { voleShape } from '../vole/parameter.js';
import { rr22 } from './rr22.js';

const n = 3000;
const blockBytes = 16;

/** Messages of one run after the base OTs, in their order, and its rounds. */
const transcript = async (seed: number, x: KeySet, y: KeySet) => {
  const seen: Message[] = [];
  const parties = await pair(rr22, seed, {
    tap: (message) => {
      seen.push(message);
      return message.bytes;
    },
  });
  seen.length = 0;
  const before = parties.network.rounds;
  await runPair(parties, 'run', x, y);
  const rounds = parties.network.rounds - before;
  await parties.close();
  return { seen, rounds };
};

/** What a party received: its messages of one length in a row. */
const receivedBy = (seen: readonly Message[], rank: number): readonly (readonly [number, Uint8Array])[] => {
  const lengths = new Set(seen.filter(({ to }) => to === rank).map(({ bytes }) => bytes.length));
  return [...lengths].map((length) => {
    const same = seen.filter(({ to, bytes }) => to === rank && bytes.length === length);
    return [length, Buffer.concat(same.map(({ bytes }) => bytes))] as const;
  });
};

/**
 * Two-sample chi-square of the values of each byte lane; the largest distance from its mean of 255, in standard deviations of 22.6.
 */
const difference = (x: Uint8Array, y: Uint8Array, stride: number): number =>
  Math.max(
    ...Array.from({ length: stride }, (_, lane) => {
      const [inX, inY] = [x, y].map((bytes) => {
        const counts = new Float64Array(256);
        for (let i = lane; i < bytes.length; i += stride) counts[bytes[i]!]!++;
        return counts;
      });
      let sum = 0;
      for (let v = 0; v < 256; v++) {
        const both = inX![v]! + inY![v]!;
        if (both > 0) sum += (inX![v]! - inY![v]!) ** 2 / both;
      }
      return (sum - 255) / Math.sqrt(2 * 255);
    }),
  );

/** Honest lanes pass it once in a million runs of all. */
const bound = 6.5;
const strideOf = (length: number): number => (length === n * maskBytes(n, n) ? maskBytes(n, n) : blockBytes);

describe('what a side receives does not depend on what it is not to know', () => {
  /** The receiver's items: the first ones common, the others of its own; and the sender's. */
  const inputs = {
    receiver: [0, 20_000],
    sender: [0, 40_000],
  } as const;
  const set = (common: number, own: number) =>
    setOf(Uint8Array.from(Buffer.concat([digestsOf(0, common), digestsOf(own, own + n - common)])));

  test.each([
    ['sender', 1],
    ['receiver', 0],
  ] as const)('the %s', async (who, rank) => {
    const common = 1000;
    const fixed = set(common, 10_000);
    const other = inputs[who === 'sender' ? 'receiver' : 'sender'][1];
    // The other side's own items differ, and what is common stays.
    const [first, second] = [set(common, other), set(common, other + 5000)];
    const run = (seed: number, changing: KeySet) =>
      who === 'sender' ? transcript(seed, changing, fixed) : transcript(seed, fixed, changing);
    const [one, two] = [await run(1, first), await run(2, second)];
    const shape = ({ seen }: typeof one) =>
      seen.map(({ from, address, bytes }) => [from, address.path, bytes.length]);
    expect(shape(one)).toEqual(shape(two));
    const received = receivedBy(one.seen, rank);
    expect(received.length).toBeGreaterThan(1);
    for (const [k, [length, bytes]] of received.entries()) {
      const [, others] = receivedBy(two.seen, rank)[k]!;
      expect(difference(bytes, others, strideOf(length)), `${length} bytes`).toBeLessThan(bound);
      // What the check would notice: one bit of a lane set in a third of the rows.
      const biased = Uint8Array.from(others, (byte, i) =>
        i % (3 * strideOf(length)) === 0 ? byte | 0x10 : byte,
      );
      if (bytes.length > 2 ** 16) expect(difference(bytes, biased, strideOf(length))).toBeGreaterThan(bound);
    }
    for (const each of [fixed, first, second]) each.dispose();
  });
});

test('messages are as many and as long as sizes say, in four rounds', async () => {
  for (const [sizeX, sizeY] of [
    [0, 1],
    [1, 0],
    [500, 20_000],
    [20_000, 500],
  ] as const) {
    const [x, y] = [setOf(digestsOf(0, sizeX)), setOf(digestsOf(0, sizeY))];
    const { seen, rounds } = await transcript(3, x, y);
    const okvs = okvsShape(sizeX);
    const { trees, depth } = voleShape(okvs.blocks);
    const sent = [0, 1].map((rank) =>
      seen.filter(({ from }) => from === rank).reduce((sum, { bytes }) => sum + bytes.length, 0),
    );
    const extension = 128 * 16 * Math.ceil((trees * depth) / 128);
    expect(sent[0]).toBe(extension + 128 * trees * blockBytes + okvs.blocks * blockBytes);
    expect(sent[1]).toBe(trees * (depth * 32 + blockBytes) + sizeY * maskBytes(sizeX, sizeY));
    // Without masks one fewer.
    expect(rounds).toBe(sizeY === 0 ? 3 : 4);
    x.dispose();
    y.dispose();
  }
});
