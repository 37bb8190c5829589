import { bilinear, Tensor } from '@triad/ring';
import { describe, expect, it } from 'vitest';
import { replicated } from './fixture/replicated.js';
import { plain } from './plain.js';
import { type Party, seededBytes, simulate } from './simulate.js';
import { record } from './transcript.js';

/** Party 0's value times itself, revealed to all. */
const square = async <S>({ rank, session, protocol }: Party<S>): Promise<string> => {
  const value = Tensor.from([3], [3, -4, 5]);
  const x = await protocol.share(session.op('x'), 0, rank === 0 ? value : value.shape);
  const y = await protocol.bilinear(session.op('square'), bilinear.mul(), x, x);
  const out = (await protocol.reveal(session.op('out'), y))!;
  const words = out.toBigInts().join();
  for (const tensor of [value, out]) tensor.dispose();
  for (const share of [x, y]) protocol.dispose(share);
  return words;
};

describe('simulate', () => {
  it('runs all parties and says what it took', async () => {
    const { results, rounds, bytes } = await simulate(replicated(), square);
    expect(results).toEqual(Array(3).fill('9,16,25'));
    expect(rounds).toBe(3);
    expect(bytes).toEqual([3 * 8 * 4, 3 * 8 * 2, 3 * 8 * 2]);
  });

  it('repeats a run from its seed, byte for byte', async () => {
    const digest = async (seed?: number) => {
      const transcript = record();
      await simulate(replicated(), square, { tap: transcript.tap, ...(seed === undefined ? {} : { seed }) });
      return transcript.digest();
    };
    expect(await digest(5)).toBe(await digest(5));
    expect(await digest(6)).not.toBe(await digest(5));
    expect(await digest()).not.toBe(await digest());
  });

  it('ends for all when one fails', async () => {
    const run = simulate(plain(3), async (party) => {
      if (party.rank === 1) throw new Error('no');
      await party.session.op('never').recv(1, 1);
    });
    await expect(run).rejects.toThrow('no');
  });

  it('says so when a scheme has no outside parties', async () => {
    const run = simulate(replicated(), async () => {}, { clients: [async () => {}] });
    await expect(run).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringMatching(/no outside parties/),
    });
  });

  it('lets outside parties take part', async () => {
    const seen: bigint[] = [];
    await simulate(
      plain(2),
      async ({ session, protocol }) => {
        const x = await protocol.share(session.op('x'), 2, [1]);
        await protocol.reveal(session.op('out'), x, 3);
        protocol.dispose(x);
      },
      {
        clients: [
          async (client, session) => {
            const x = Tensor.from([1], [42]);
            client.share(session.op('x'), x);
            x.dispose();
          },
          async (client, session) => {
            const out = await client.reveal(session.op('out'), [1]);
            seen.push(...out.toBigInts());
            out.dispose();
          },
        ],
      },
    );
    expect(seen).toEqual([42n]);
  });
});

describe('seeded bytes', () => {
  it('differ by seed, rank and call', () => {
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
    const all = [0, 1].flatMap((seed) =>
      [0, 1].flatMap((rank) => {
        const random = seededBytes(seed, rank);
        return [hex(random(32)), hex(random(32))];
      }),
    );
    expect(new Set(all).size).toBe(8);
    expect(hex(seededBytes(1, 1)(32))).toBe(all[6]);
    expect(seededBytes(1, 1)(5)).toHaveLength(5);
  });
});
