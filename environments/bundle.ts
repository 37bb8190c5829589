import { join } from 'node:path';
import { build } from 'vite';
import { type Consumer, place } from './consumer.js';

/**
 * Takes away what Node has and browsers have not, then runs the bundle. A bundle that reaches for it fails as it would
 * in a page.
 */
const page = `
for (const name of ['process', 'Buffer', 'global', 'setImmediate', 'clearImmediate']) delete globalThis[name];
await import('./bundle/app.js');
`;

/** Bundles `smoke.ts` of a project for browsers, as an app would; returns the path of a page stand-in that runs it. */
export const bundle = async (consumer: Consumer): Promise<string> => {
  const { folder } = consumer;
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: 'bundle',
      target: 'es2022',
      rollupOptions: { input: join(folder, 'smoke.ts'), output: { entryFileNames: 'app.js' } },
    },
  });
  return place(consumer, 'page.mjs', page);
};
