import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { violations } from './arrows.mjs';

let root;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'triad-arrows-'));
});
afterEach(() => rm(root, { recursive: true }));

/** Lays out a workspace: `files` by path, package.json files given as objects; returns the breaches as lines. */
const check = async (files) => {
  const all = { 'package.json': { devDependencies: { vitest: '*' } }, ...files };
  for (const [path, content] of Object.entries(all)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(
      join(root, path),
      typeof content === 'string' ? content : JSON.stringify(content, null, 2),
    );
  }
  return (await violations(root)).map(({ file, line, rule }) => `${file}:${line}: ${rule}`);
};

const depends = (...names) => ({ dependencies: Object.fromEntries(names.map((name) => [name, '*'])) });

test('accepts arrows that point down, declared packages and node builtins', async () => {
  const found = await check({
    'packages/ring/package.json': {},
    'packages/aby3/package.json': depends('@triad/ring', '@noble/hashes'),
    'packages/aby3/src/index.ts': `import { Tensor } from '@triad/ring';
import fs from 'node:fs';
export * from './share.js';
const hash = await import('@noble/hashes/sha2.js');`,
  });
  expect(found).toEqual([]);
});

test.each([
  ['layers', 'aby3', 'its sibling'],
  ['aby3', 'net', 'its sibling'],
  ['ring', 'protocol', 'above it'],
  ['net', 'cli', 'above it'],
])('refuses %s -> %s in package.json, %s', async (from, to, relation) => {
  const found = await check({ [`packages/${from}/package.json`]: depends(`@triad/${to}`) });
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(
    `packages/${from}/package.json:3: ${from} may not depend on @triad/${to}, ${relation}`,
  );
});

test.each(['dependencies', 'peerDependencies', 'optionalDependencies', 'devDependencies'])(
  'reads %s',
  async (kind) => {
    const found = await check({ 'packages/net/package.json': { [kind]: { '@triad/aby3': '*' } } });
    expect(found).toHaveLength(1);
  },
);

test.each([
  "import { aby3 } from '@triad/aby3';",
  "import type { Share } from '@triad/aby3/sub.js';",
  "export * from '@triad/aby3';",
  "const later = await import('@triad/aby3');",
  'const later = await import(`@triad/aby3`);',
  "type Later = import('@triad/aby3').Share;",
])('names file, line and rule of %s', async (line) => {
  const found = await check({
    'packages/layers/package.json': depends('@triad/ring'),
    'packages/layers/src/deep/run.ts': `import { Tensor } from '@triad/ring';\n\n${line}\n`,
  });
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(
    /^packages\/layers\/src\/deep\/run\.ts:3: layers may not depend on @triad\/aby3, its sibling/,
  );
});

test.each([
  ["import x from '../../ring/src/tensor.js';", 'a relative import may not leave its package'],
  ["import x from 'undeclared';", 'undeclared is not declared in packages/aby3/package.json'],
  ["import x from '@triad/ring';", '@triad/ring is not declared in packages/aby3/package.json'],
  ["import x from '@triad/aby3';", 'a package imports its own files by path'],
  ["import x from 'fs';", 'write node:fs, so that it cannot be a package'],
  ["import x from 'vitest';", 'vitest is not declared in packages/aby3/package.json'],
  ["import x from '@triad/other';", '@triad/other is on no level of DESIGN.md'],
])('refuses %s', async (line, rule) => {
  const found = await check({ 'packages/aby3/package.json': {}, 'packages/aby3/src/index.ts': line });
  expect(found).toEqual([`packages/aby3/src/index.ts:1: ${rule}`]);
});

test('lets tests import development dependencies, but no sibling', async () => {
  const found = await check({
    'packages/aby3/package.json': { ...depends('@triad/ring'), devDependencies: { 'fast-check': '*' } },
    'packages/aby3/src/share.test.ts': `import { test } from 'vitest';
import fc from 'fast-check';
import { Tensor } from '@triad/ring';
import { wire } from '@triad/net';`,
  });
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(
    'packages/aby3/src/share.test.ts:4: aby3 may not depend on @triad/net, its sibling',
  );
});

test('takes fixtures for tests, which shipped code does not import', async () => {
  const found = await check({
    'packages/aby3/package.json': {},
    'packages/aby3/src/fixture/party.ts': "import { test } from 'vitest';",
    'packages/aby3/src/share.test.ts': "import { party } from './fixture/party.js';",
    'packages/aby3/src/share.ts': "import { party } from './fixture/party.js';",
  });
  expect(found).toEqual(['packages/aby3/src/share.ts:1: only tests import tests and fixtures']);
});

test('refuses a package that is on no level', async () => {
  const found = await check({ 'packages/extra/package.json': {} });
  expect(found).toEqual(['packages/extra/package.json:1: extra is on no level of DESIGN.md']);
});
