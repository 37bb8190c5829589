import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const read = (folder: string): Manifest[] => {
  const file = `${root}packages/${folder}/package.json`;
  return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8')) as Manifest] : [];
};

/** Every package that is published, by name. */
export const published: ReadonlyMap<string, Manifest> = new Map(
  readdirSync(`${root}packages`)
    .sort()
    .flatMap(read)
    .filter((manifest) => manifest.private !== true)
    .map((manifest) => [manifest.name, manifest]),
);

/** Packages that must run in a browser, too. */
export const browser: ReadonlySet<string> = new Set(
  ['ring', 'protocol', 'aby3', 'ot-psi', 'layers'].map((name) => `@triad/${name}`),
);

/** A package and those of this repository it depends on, directly or not. */
export const closure = (name: string): ReadonlySet<string> => {
  const found = new Set<string>();
  const visit = (next: string): void => {
    const manifest = published.get(next);
    if (manifest === undefined || found.has(next)) return;
    found.add(next);
    for (const dependency of Object.keys(manifest.dependencies ?? {})) visit(dependency);
  };
  visit(name);
  return found;
};

/** `ring` for `@triad/ring`. */
export const short = (name: string): string => name.slice('@triad/'.length);
