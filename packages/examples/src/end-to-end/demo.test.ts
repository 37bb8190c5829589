import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { records, triadEnded } from '../fixture/triad.js';
import { keysOf } from '../vertical/districts.js';

interface Report {
  readonly ok: boolean;
  readonly lossErrors: readonly number[];
  readonly r2Error: number;
  readonly encrypted: { readonly r2: number };
}

it('`triad demo house-price` trains as closely as it promises, in six processes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'triad-demo-'));
  const svg = join(folder, 'loss.svg');
  const { code, stdout, stderr } = await triadEnded(
    'demo',
    'house-price',
    '--epochs',
    '10',
    '--json',
    '--svg',
    svg,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = records(stdout);
  expect(lines.slice(0, -1).map(({ epoch }) => epoch)).toEqual(Array.from({ length: 11 }, (_, i) => i));
  const report = records<Report>(stdout).at(-1)!;
  expect(report.ok).toBe(true);
  expect(Math.max(...report.lossErrors)).toBeLessThan(0.01);
  expect(report.r2Error).toBeLessThan(0.002);
  expect(report.encrypted.r2).toBeGreaterThan(0.65);
  expect(await readFile(svg, 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  await rm(folder, { recursive: true });
});

it('`triad demo vertical` finds common districts first, and trains on them as closely', async () => {
  const theirs = new Set(keysOf('agency'));
  const common = keysOf('city').filter((key) => theirs.has(key)).length;
  const { code, stdout, stderr } = await triadEnded('demo', 'vertical', '--epochs', '3', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const report = records<Report & { readonly common: number }>(stdout).at(-1)!;
  expect(report).toMatchObject({ ok: true, common });
  expect(Math.max(...report.lossErrors)).toBeLessThan(0.01);
  expect(report.r2Error).toBeLessThan(0.002);
});

it('prints plain lines where output is piped', async () => {
  const { code, stdout } = await triadEnded('demo', '--epochs', '1', '--batch', '101');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^epoch 1\/1 .* loss \d+\.\d+$/m);
  expect(stdout).toContain('The encrypted training matches the one in the open.');
  expect(stdout).not.toContain('\u001b');
});

it('says which demonstrations there are not', async () => {
  const { code, stderr } = await triadEnded('demo', 'flying');
  expect(code).toBe(1);
  expect(stderr).toContain("no demonstration 'flying'");
});
