import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Running, records, sourceFile, triad } from '../fixture/triad.js';
import { shuffled } from '../shuffle.js';

const program = sourceFile('fixture/training.ts');
const roles = ['0', '1', '2', 'analyst'];
const steps = 30;
/** What the others have from the death of a party to their own end. */
const patience = 10_000;

let folder: string;
let board: Running;
let address: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triad-kill-'));
  board = triad('rendezvous', '--listen', '127.0.0.1:0', '--json');
  ({ address } = JSON.parse(await board.line(/address/)) as { readonly address: string });
});
afterAll(async () => {
  board.child.kill();
  await board.ended;
  await rm(folder, { recursive: true });
});

const start = (job: string, args: readonly string[]) =>
  roles.map((role) => {
    const link = [
      '--role',
      role,
      '--job',
      job,
      '--rendezvous',
      address,
      '--out',
      join(folder, job),
      '--json',
    ];
    return triad('run', program, ...link, '--', ...args);
  });

/** Kills, after a while, what should have ended by itself. */
const within = async (milliseconds: number, running: readonly Running[]) => {
  const timer = setTimeout(() => {
    for (const { child } of running) child.kill('SIGKILL');
  }, milliseconds);
  const ended = await Promise.all(running.map((each) => each.ended));
  clearTimeout(timer);
  return ended;
};

describe('a party that is killed', () => {
  const cases = Array.from({ length: 20 }, (_, i) => {
    const [victim] = shuffled(3, 1000 + i);
    const [step] = shuffled(steps, 2000 + i);
    return { victim: victim!, step: step!, name: `${i + 1}: party ${victim} at step ${step}` };
  });

  it.each(cases)('is named by all others, who end ($name)', async ({ victim, step, name }) => {
    const job = name.replace(/\W+/g, '-');
    const args = ['--victim', roles[victim]!, '--step', String(step), '--steps', String(steps)];
    const running = start(job, args);
    expect(await running[victim]!.ended).toMatchObject({ signal: 'SIGKILL', stderr: '' });
    const others = await within(
      patience,
      running.filter((_, rank) => rank !== victim),
    );
    for (const { code, stderr } of others) {
      expect(code).toBe(1);
      expect(records(stderr)[0]).toMatchObject({ error: { party: victim } });
    }
    await expect(readdir(join(folder, job))).rejects.toThrow('ENOENT');
  });

  it('is named when it is the result party, too', async () => {
    const running = start('deaf', ['--victim', 'analyst', '--step', '0', '--steps', '3000']);
    const ended = await within(patience, running.slice(0, 3));
    for (const { code, stderr } of ended) {
      expect(code).toBe(1);
      expect(records(stderr)[0]).toMatchObject({ error: { party: 3 } });
    }
  });

  it('would have left a result', async () => {
    const ended = await Promise.all(start('whole', ['--steps', '3']).map((each) => each.ended));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(await readdir(join(folder, 'whole'))).toEqual(['result.json']);
  });
});
