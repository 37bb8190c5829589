import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { succeed } from './process.js';
import { published, root } from './workspace.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder, outside the repository, of the packed tarballs and of everything installed from them. */
    readonly packed: string;
  }
}

/** The name `npm pack` gives a package's tarball. */
export const tarball = (name: string): string =>
  `${name.replace('@', '').replace('/', '-')}-${published.get(name)?.version}.tgz`;

/** Packs every package once, for all tests; returns what cleans up. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const packed = await mkdtemp(join(tmpdir(), 'triad-packed-'));
  const workspaces = [...published.keys()].map((name) => `--workspace=${name}`);
  await succeed('npm', ['pack', '--silent', `--pack-destination=${packed}`, ...workspaces], root);
  const existing = await readdir(packed);
  const missing = [...published.keys()].map(tarball).filter((file) => !existing.includes(file));
  if (missing.length > 0) throw new Error(`npm pack made no ${missing.join(', ')}`);
  project.provide('packed', packed);
  return () => rm(packed, { recursive: true, force: true });
};
