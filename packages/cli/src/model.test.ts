import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeModel, encodeModel } from '@triad/layers';
import { afterAll, beforeAll, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

const triad = (...words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'triad-model-'));
  writeFileSync(at('house.safetensors'), encodeModel({ w: [[1.5], [-2]], b: [0.25] }));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('encrypts a model into three files, and any two of them give it back', () => {
  const { status, stdout, stderr } = triad(
    'model',
    'encrypt',
    at('house.safetensors'),
    '--out',
    at('shares'),
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.trim().split('\n')).toHaveLength(3);
  const shares = [0, 1, 2].map((party) => at(`shares/house.${party}.safetensors`));
  if (process.platform !== 'win32') expect(statSync(shares[0]!).mode & 0o777).toBe(0o600);
  for (const pair of [
    [0, 1],
    [1, 2],
    [0, 2],
  ]) {
    const words = pair.map((party) => shares[party]!);
    expect(triad('model', 'decrypt', ...words, '--out', at('back.safetensors')).status).toBe(0);
    const { w, b } = decodeModel(readFileSync(at('back.safetensors')));
    expect([w!.shape, ...w!.data, ...b!.data]).toEqual([[2, 1], 1.5, -2, 0.25]);
  }
  expect(triad('model', 'inspect', shares[1]!).stdout).toMatch(
    /party 1 of 3, aby3.*\n.*after 0 runs\n(.*\n)* {2}w \[2, 1\]/,
  );
  const alone = triad('model', 'decrypt', shares[0]!, '--out', at('alone.safetensors'));
  expect(alone.status).toBe(1);
  expect(alone.stderr).toContain('one party alone has not all components');
});

it('names what is damaged or missing', () => {
  const damaged = readFileSync(at('house.safetensors'));
  damaged[damaged.length - 1]! ^= 1;
  writeFileSync(at('damaged.safetensors'), damaged);
  expect(triad('model', 'inspect', at('damaged.safetensors'))).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('checksum: bad'),
  });
  expect(triad('model', 'encrypt', at('damaged.safetensors'), '--out', at('s')).stderr).toContain('checksum');
  expect(triad('model', 'inspect', at('nowhere')).stderr).toContain('cannot read');
});
