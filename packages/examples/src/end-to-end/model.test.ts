import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sourceFile, triad, triadEnded } from '../fixture/triad.js';
import { prices } from '../house-price/houses.js';
import { outside } from '../house-price/model.js';

const program = sourceFile('model-encryption/program.ts');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triad-model-'));
});
afterAll(() => rm(folder, { recursive: true }));

const at = (...names: string[]): string => join(folder, ...names);

const succeed = async (...words: readonly string[]): Promise<void> => {
  const { code, stderr } = await triadEnded(...words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
};

/** One stage, as six processes; computing parties load the files of a folder. */
const stage = async (name: string, board: string, shares: string): Promise<void> => {
  const link = ['--job', name, '--rendezvous', board, '--out', at(name)];
  const run = (role: string, ...model: string[]) =>
    succeed('run', program, '--role', role, ...link, '--', name, ...model);
  await Promise.all([
    ...['0', '1', '2'].map((role) => run(role, '--model', at(shares, `model.${role}.safetensors`))),
    ...outside.map((role) => run(role)),
  ]);
};

it('a model is trained in the open, encrypted, updated and used by six processes, and decrypted', async () => {
  execFileSync(process.execPath, [sourceFile('../dist/model-encryption/open.js'), at('model.safetensors')]);
  await succeed('model', 'encrypt', at('model.safetensors'), '--out', at('shares'));
  const board = triad('rendezvous', '--listen', '127.0.0.1:0', '--json');
  const { address } = JSON.parse(await board.line(/address/)) as { readonly address: string };
  await stage('update', address, 'shares');
  await stage('predict', address, 'update');
  board.child.kill();
  await board.ended;

  const updated = [0, 2].map((role) => at('update', `model.${role}.safetensors`));
  expect((await stat(updated[0]!)).mode & 0o077).toBe(0);
  await succeed('model', 'decrypt', ...updated, '--out', at('updated.safetensors'));
  expect(await readFile(at('updated.safetensors'))).not.toEqual(await readFile(at('model.safetensors')));

  const predictions = JSON.parse(await readFile(at('predict', 'predictions.json'), 'utf8')) as number[];
  const actual = prices('heldOut').data;
  const mean = actual.reduce((sum, price) => sum + price, 0) / actual.length;
  const squares = (of: (i: number) => number) => actual.reduce((sum, p, i) => sum + (p - of(i)) ** 2, 0);
  expect(predictions).toHaveLength(actual.length);
  expect(1 - squares((i) => predictions[i]!) / squares(() => mean)).toBeGreaterThan(0.5);
});
