import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '@triad/protocol';
import { describe, expect, it } from 'vitest';
import { meet } from './fixture/meet.js';

const at = (step: number) => ({ step, index: 0, path: 0 });
const megabyte = 2 ** 20;

/** Waits until nothing arrives any more; how many bytes did. */
const settled = async ({ traffic }: Channel): Promise<number> => {
  for (let last = -1; last !== traffic.received.bytes; await sleep(300)) last = traffic.received.bytes;
  return traffic.received.bytes;
};

const fill = (i: number): Uint8Array => new Uint8Array(megabyte).fill(i);

describe('a slow reader', () => {
  it('holds up who sends, and gets all in the end, in any order', async () => {
    const [a, b, c] = await meet();
    const total = 200;
    let sent = 0;
    const sending = (async () => {
      for (; sent < total; sent++) {
        a!.send(1, at(sent), fill(sent));
        await a!.drain();
      }
    })();
    const arrived = await settled(b!);
    expect(arrived).toBeLessThan(80 * megabyte);
    expect(sent).toBeLessThan(total);
    // The others are not concerned.
    c!.send(1, at(0), Uint8Array.of(7));
    expect([...(await b!.recv(2, at(0)))]).toEqual([7]);
    for (let i = total - 1; i >= 0; i--) expect(Buffer.compare(await b!.recv(0, at(i)), fill(i))).toBe(0);
    await sending;
    await Promise.all([a, b, c].map((channel) => channel!.close()));
  });

  it('gets all that was sent before an ordinary end', async () => {
    const [a, b, c] = await meet();
    for (let i = 0; i < 150; i++) a!.send(1, at(i), fill(i));
    const closing = a!.close();
    await settled(b!);
    for (let i = 0; i < 150; i++) {
      expect(Buffer.compare(await b!.recv(0, at(i)), fill(i))).toBe(0);
      b!.retire(i);
    }
    await closing;
    await Promise.all([b, c].map((channel) => channel!.close()));
  });
});
