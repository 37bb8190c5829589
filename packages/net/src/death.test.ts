import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newJob } from './fixture/meet.js';
import { type Failure, PartyProcess } from './fixture/process.js';
import type { NetworkOptions } from './network.js';
import { type Rendezvous, rendezvous } from './rendezvous.js';

/** Three processes over real sockets. */
describe('a party that dies', () => {
  let board: Rendezvous;
  let parties: PartyProcess[] = [];

  const start = (options: Partial<NetworkOptions> = {}): void => {
    const job = newJob();
    parties = [0, 1, 2].map((role) => new PartyProcess(role, { job, rendezvous: board.address, ...options }));
  };

  beforeEach(async () => {
    board = await rendezvous({ listen: '127.0.0.1:0' });
  });

  afterEach(async () => {
    for (const party of parties) party.signal('SIGKILL');
    await Promise.all(parties.map((party) => party.exitCode()));
    await board.close();
  });

  const everybodyNames = async (dead: number): Promise<void> => {
    for (const [rank, party] of parties.entries()) {
      if (rank === dead) continue;
      const failure = (await party.says()) as Failure;
      expect(failure).toMatchObject({ code: 'peer-lost', party: dead });
      expect(failure.message).toContain(`party ${dead} (127.0.0.1:`);
      expect(failure.message).toContain('start all parties again');
      expect(await party.exitCode()).toBe(1);
    }
  };

  const moments = [0, 1, 3, 7, 20, 60, 150].map((ms, i) => [i % 3, ms] as const);
  it.each(moments)('is named by the others: party %i, %i ms after it joined', async (dead, ms) => {
    start();
    for (const party of parties) expect(await party.says()).toBe('joined');
    await sleep(ms);
    parties[dead]!.signal('SIGKILL');
    await everybodyNames(dead);
  });

  it('is named when it hangs', async () => {
    start({ lostAfter: 3000 });
    for (const party of parties) expect(await party.says()).toBe('joined');
    parties[1]!.signal('SIGSTOP');
    await everybodyNames(1);
  });
});
