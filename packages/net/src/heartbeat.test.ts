import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '@triad/protocol';
import { describe, expect, it } from 'vitest';
import { meet, newJob } from './fixture/meet.js';
import { keys } from './keys.js';

const at = (step: number) => ({ step, index: 0, path: 0 });
const lostAfter = 800;

const expectAlive = async (channels: readonly Channel[]): Promise<void> => {
  for (const channel of channels)
    for (const peer of channel.peers) channel.send(peer, at(1000), Uint8Array.of(1));
  for (const channel of channels) {
    for (const peer of channel.peers) expect([...(await channel.recv(peer, at(1000)))]).toEqual([1]);
  }
  await Promise.all(channels.map((channel) => channel.close()));
};

const block = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

describe('a party is not taken for dead', () => {
  it('while it has nothing to say', async () => {
    const channels = await meet({ lostAfter });
    await sleep(3 * lostAfter);
    await expectAlive(channels);
  });

  it('while it has nothing to say over TLS', async () => {
    const job = newJob();
    const credentials = new Map((await keys(job, ['0', '1', '2'])).map((each) => [each.role, each]));
    const channels = await meet({ job, credentials, lostAfter });
    await sleep(3 * lostAfter);
    await expectAlive(channels);
  });

  it('by one whose own event loop stood still', async () => {
    const channels = await meet({ lostAfter });
    for (let i = 0; i < 3; i++) {
      block(2 * lostAfter);
      await sleep(20);
    }
    await expectAlive(channels);
  });

  it('when it stops reading, nor by who does', async () => {
    const channels = await meet({ lostAfter });
    for (let i = 0; i < 150; i++) channels[0]!.send(1, at(i), new Uint8Array(2 ** 20).fill(i));
    await sleep(3 * lostAfter);
    for (let i = 0; i < 150; i++) expect((await channels[1]!.recv(0, at(i)))[0]).toBe(i);
    await expectAlive(channels);
  });
});
