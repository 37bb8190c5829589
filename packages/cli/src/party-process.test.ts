import { describe, expect, it } from 'vitest';
import { finishAll, startParty } from './party-process.js';

describe('processes of parties', () => {
  it('give the records they emit', async () => {
    const records: unknown[] = [];
    const party = startParty('plan', ['keys', '--job', 'a b', '--json'], () => {});
    await expect(party.finished).rejects.toMatchObject({
      code: 'closed',
      message: expect.stringContaining('party plan failed: "a b" is no job name'),
    });
    const board = startParty('board', ['rendezvous', '--listen', '127.0.0.1:0', '--json'], (record) => {
      records.push(record);
      board.child.kill();
    });
    await finishAll([board]);
    expect(records).toEqual([{ address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) }]);
  });

  it('are all ended when one fails, whose error is told', async () => {
    const waiting = startParty('waiting', ['rendezvous', '--listen', '127.0.0.1:0', '--json'], () => {});
    const failing = startParty(
      'failing',
      ['run', 'none.ts', '--role', '0', '--job', 'j', '--json'],
      () => {},
    );
    await expect(finishAll([waiting, failing])).rejects.toThrow(
      'party failing failed: there is no program none.ts; name a .ts',
    );
    expect(waiting.child.exitCode ?? waiting.child.signalCode).not.toBeNull();
  });

  it('say how they ended when they could not', async () => {
    const party = startParty('victim', ['rendezvous', '--listen', '127.0.0.1:0', '--json'], () =>
      party.child.kill('SIGKILL'),
    );
    await expect(party.finished).rejects.toThrow('party victim ended with SIGKILL: it said nothing');
  });
});
