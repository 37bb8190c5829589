import { describe, expect, it } from 'vitest';
import type { Address } from './address.js';
import type { Channel } from './channel.js';
import { local } from './local.js';
import { record } from './transcript.js';

const at = (index: number, path = 0): Address => ({ step: 2, index, path });

/** Sends in the given order and waits until all have arrived. */
const run = async (order: readonly number[], change = 0) => {
  const transcript = record();
  const [a, b] = local(2, { tap: transcript.tap }).channels as [Channel, Channel];
  for (const i of order) a.send(1, at(i), Uint8Array.of(i, change));
  await Promise.all(order.map((i) => b.recv(0, at(i))));
  return transcript;
};

describe('a transcript', () => {
  it('has a digest of what was sent, whatever the order', async () => {
    const digest = (await run([1, 2, 3])).digest();
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect((await run([3, 1, 2])).digest()).toBe(digest);
    expect((await run([1, 2, 3], 1)).digest()).not.toBe(digest);
    expect((await run([1, 2, 4])).digest()).not.toBe(digest);
    expect((await run([1, 2])).digest()).not.toBe(digest);
  });

  it('says what each op sent, sub-ops included', async () => {
    const transcript = record();
    const [a, b] = local(2, { tap: transcript.tap }).channels as [Channel, Channel];
    a.send(1, at(7), new Uint8Array(3));
    a.send(1, at(8), new Uint8Array(1));
    await b.recv(0, at(7));
    b.send(0, at(7, 1), new Uint8Array(5));
    await a.recv(1, at(7, 1));
    expect(transcript.rounds).toBe(2);
    expect(transcript.messages).toHaveLength(3);
    expect(transcript.ops()).toEqual([
      { op: 'step 2/7', rounds: 2, messages: 2, bytes: 8 },
      { op: 'step 2/8', rounds: 1, messages: 1, bytes: 1 },
    ]);
  });

  it('records what was sent, not what a tap makes of it', async () => {
    const transcript = record(() => Uint8Array.of(9));
    const [a, b] = local(2, { tap: transcript.tap }).channels as [Channel, Channel];
    a.send(1, at(0), Uint8Array.of(1));
    expect(await b.recv(0, at(0))).toEqual(Uint8Array.of(9));
    expect(transcript.messages[0]!.bytes).toEqual(Uint8Array.of(1));
  });

  it('is empty before anything was sent', () => {
    expect(record()).toMatchObject({ rounds: 0, messages: [] });
    expect(record().ops()).toEqual([]);
  });
});
