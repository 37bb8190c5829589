import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Running, records, triad } from '../fixture/triad.js';

const rows = 40_000;
const bucketRows = 2000;

let folder: string;
let board: Running;
let address: string;

const at = (name: string): string => join(folder, name);
const lines = async (name: string): Promise<string[]> =>
  (await readFile(at(name), 'utf8')).split('\n').slice(0, -1);

/** Of two owners' keys half are the same. */
const keyOf = (owner: number, i: number): string => `${i % 2 === 0 ? 'c' : owner}-${(i * 7919) % 1_000_003}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triad-buckets-'));
  board = triad('rendezvous', '--listen', '127.0.0.1:0', '--json');
  ({ address } = JSON.parse(await board.line(/address/)) as { readonly address: string });
  const keys = (owner: number) =>
    Array.from({ length: rows }, (_, i) => keyOf(owner, (i * (2 * owner + 7)) % rows));
  await writeFile(at('0.txt'), keys(0).join('\n'));
  await writeFile(at('1.csv'), ['n,id', ...keys(1).map((key, i) => `${i},${key}`)].join('\n'));
});
afterAll(async () => {
  board.child.kill();
  await board.ended;
  await rm(folder, { recursive: true });
});

const owner = (job: string, role: number, ...words: readonly string[]): Running => {
  const own =
    role === 0
      ? ['--keys', at('0.txt'), '--out', at(`${job}.0.txt`)]
      : ['--keys', `${at('1.csv')}#id`, '--out', at(`${job}.1.csv`)];
  const link = ['--role', String(role), '--job', job, '--rendezvous', address, '--timeout', '30', '--json'];
  const state = ['--state', at(`${job}-${role}`), '--bucket-rows', String(bucketRows), '--result', 'both'];
  return triad('psi', ...link, ...own, ...state, ...words);
};

interface Told {
  readonly common: number;
  readonly buckets: number;
  readonly resumedAt: number;
}

/** What both told, having succeeded. */
const bothTold = async (both: readonly Running[]): Promise<Told[]> => {
  const ended = await Promise.all(both.map((each) => each.ended));
  for (const { code, stderr } of ended) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return ended.map(({ stdout }) => records<Told>(stdout)[0]!);
};

/** Their rows are those of the common keys, in one order; their state is gone. */
const expectResult = async (job: string): Promise<void> => {
  const [first, second] = [await lines(`${job}.0.txt`), (await lines(`${job}.1.csv`)).slice(1)];
  expect(second.map((row) => row.split(',')[1])).toEqual(first);
  const common = Array.from({ length: rows / 2 }, (_, i) => keyOf(0, 2 * i));
  expect([...first].sort()).toEqual(common.sort());
  expect((await readdir(folder)).filter((name) => name.startsWith(`${job}-`))).toEqual([]);
};

describe('`triad psi --state`', () => {
  it('goes bucket by bucket', async () => {
    const told = await bothTold([owner('whole', 0), owner('whole', 1)]);
    expect(told).toMatchObject([0, 1].map(() => ({ common: rows / 2, buckets: 32, resumedAt: 0 })));
    await expectResult('whole');
  });

  it.each([
    [0, 2],
    [1, 9],
    [0, 20],
  ])('goes on where it broke off when owner %i is killed after bucket %i', async (victim, bucket) => {
    const job = `killed-${victim}-${bucket}`;
    const both = [owner(job, 0), owner(job, 1)];
    const done = join(at(`${job}-${victim}`), `common-${String(bucket).padStart(4, '0')}.bin`);
    while (!existsSync(done)) await sleep(1);
    both[victim]!.child.kill('SIGKILL');
    const [first, second] = await Promise.all(both.map((each) => each.ended));
    expect([first!.code, second!.code]).toEqual(victim === 0 ? [null, 1] : [1, null]);
    expect(existsSync(at(`${job}.0.txt`))).toBe(false);

    const told = await bothTold([owner(job, 0), owner(job, 1)]);
    for (const { common, resumedAt } of told) {
      expect(common).toBe(rows / 2);
      expect(resumedAt).toBeGreaterThanOrEqual(bucket);
    }
    await expectResult(job);
  });
});
