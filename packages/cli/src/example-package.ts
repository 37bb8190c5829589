import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { badArgument } from './bad-argument.js';
import type { Demo, StagedDemo } from './demo.js';

/** Where a package may be installed: beside this command, or in the user's project. */
const places = [import.meta.url, pathToFileURL(join(process.cwd(), 'package.json')).href];

const find = (specifier: string): string | undefined => {
  for (const place of places) {
    try {
      return createRequire(place).resolve(specifier);
    } catch {
      // Not installed here.
    }
  }
  return undefined;
};

/** The demonstration that `@triad/examples` exports under this name. Examples import this package, so they are found when they run. */
export const loadDemo = async (name: string): Promise<Demo | StagedDemo> => {
  const specifier = `@triad/examples/${name}`;
  const path = /^[a-z0-9-]+$/.test(name) ? find(specifier) : undefined;
  if (path === undefined) {
    const remedy =
      find('@triad/examples') === undefined
        ? 'install it with `npm install @triad/examples`'
        : 'try house-price, mnist-mlp or federated-horizontal';
    throw badArgument(`there is no demonstration '${name}' here`, remedy);
  }
  const { demo } = (await import(pathToFileURL(path).href)) as { readonly demo?: Demo | StagedDemo };
  if (demo === undefined)
    throw badArgument(
      `${specifier} is no demonstration`,
      'try house-price, mnist-mlp or federated-horizontal',
    );
  return demo;
};
