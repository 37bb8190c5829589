import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, hasRedis, startRedis } from '../fixture/redis.js';
import { records, sourceFile, triad, triadEnded } from '../fixture/triad.js';

const train = sourceFile('train.ts');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triad-run-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The losses that three processes print. */
const trainOn = async (job: string, wordsOf: (role: number) => readonly string[]): Promise<unknown[]> => {
  const words = (role: number) => [
    'run',
    train,
    '--role',
    String(role),
    '--job',
    job,
    '--json',
    ...wordsOf(role),
  ];
  const ended = await Promise.all([0, 1, 2].map((role) => triadEnded(...words(role))));
  for (const { code, stderr } of ended) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return ended.flatMap(({ stdout }) => records(stdout).map(({ loss }) => loss));
};

const expectOneLoss = (losses: readonly unknown[]) => {
  expect(losses).toHaveLength(3);
  expect(losses[0]).toBeGreaterThan(0);
  expect(new Set(losses).size).toBe(1);
};

describe('three `triad run train.ts`', () => {
  it.skipIf(!hasRedis)('find each other through Redis, two jobs at once', async () => {
    const redis = await startRedis();
    const [first, second] = await Promise.all([
      trainOn('first', () => ['--redis', redis.url]),
      trainOn('second', () => ['--redis', redis.url]),
    ]);
    await redis.stop();
    expectOneLoss(first);
    expectOneLoss(second);
  });

  it('find each other through `triad rendezvous`, with mutual TLS', async () => {
    const made = await triadEnded(
      'keys',
      '--job',
      'sealed',
      '--roles',
      'board,0,1,2',
      '--out',
      folder,
      '--json',
    );
    expect(records(made.stdout).map(({ role }) => role)).toEqual(['board', '0', '1', '2']);
    expect((await stat(join(folder, '0/key.pem'))).mode & 0o077).toBe(0);
    const board = triad('rendezvous', '--listen', '127.0.0.1:0', '--tls', join(folder, 'board'), '--json');
    const { address } = JSON.parse(await board.line(/address/)) as { readonly address: string };
    const losses = await trainOn('sealed', (role) => [
      '--rendezvous',
      address,
      '--tls',
      join(folder, String(role)),
    ]);
    board.child.kill();
    expect((await board.ended).code).toBe(0);
    expectOneLoss(losses);
  });

  it('find each other at fixed addresses', async () => {
    const ports = await Promise.all([0, 1, 2].map(freePort));
    const peers = ports.map((port) => `127.0.0.1:${port}`).join(',');
    expectOneLoss(await trainOn('fixed', () => ['--peers', peers]));
  });

  it('refuse to run different programs', async () => {
    const board = triad('rendezvous', '--listen', '127.0.0.1:0', '--json');
    const { address } = JSON.parse(await board.line(/address/)) as { readonly address: string };
    const program = sourceFile('fixture/training.ts');
    const link = ['--job', 'mixed', '--rendezvous', address, '--timeout', '20', '--json'];
    const ended = await Promise.all(
      ['0', '1', '2', 'analyst'].map((role) =>
        triadEnded('run', program, '--role', role, ...link, '--', '--rate', role === '1' ? '0.1' : '0.05'),
      ),
    );
    board.child.kill();
    for (const { code, stderr } of ended) {
      expect(code).toBe(1);
      expect(records(stderr)[0]).toMatchObject({ error: { code: 'mismatch' } });
    }
  });
});

describe('`triad run` of roles outside', () => {
  const program = sourceFile('fixture/scoring.ts');
  const csv = sourceFile('fixture/customers.csv');

  it('bring columns of a CSV in, and results out', async () => {
    const board = triad('rendezvous', '--listen', '127.0.0.1:0', '--json');
    const { address } = JSON.parse(await board.line(/address/)) as { readonly address: string };
    const out = join(folder, 'results');
    const part = (role: string, ...words: readonly string[]) =>
      triadEnded('run', program, '--role', role, '--job', 'scores', '--rendezvous', address, ...words);
    const ended = await Promise.all([
      ...['0', '1', '2'].map((role) => part(role)),
      part('north', '--csv', `debt=${csv}#debt`),
      part('south', '--csv', `income=${csv}#wage,rent`),
      part('analyst', '--out', out),
    ]);
    board.child.kill();
    for (const { code, stderr } of ended) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await readdir(out)).toEqual(['scores.json']);
    const scores = JSON.parse(await readFile(join(out, 'scores.json'), 'utf8')) as number[];
    for (const [i, expected] of [1 + 4 + 9, 0.25 + 1, 16 + 2.25 + 6.25].entries())
      expect(Math.abs(scores[i]! - expected)).toBeLessThan(1e-3);
  });

  it('say what is missing', async () => {
    const link = ['--job', 'scores', '--rendezvous', '127.0.0.1:1', '--json'];
    const { code, stderr } = await triadEnded('run', program, '--role', 'nobody', ...link);
    expect(code).toBe(1);
    expect(records(stderr)[0]).toMatchObject({ error: { what: expect.stringContaining('no role nobody') } });
  });
});
