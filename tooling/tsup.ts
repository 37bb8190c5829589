import { defineConfig, type Options } from 'tsup';

/** The build every package shares: ESM with types, nothing bundled that npm can install. */
export const library = (entry: string[] | Record<string, string>, options: Options = {}) =>
  defineConfig({
    entry,
    format: 'esm',
    target: 'es2022',
    dts: true,
    clean: true,
    sourcemap: false,
    ...options,
  });
