import { createRequire } from 'node:module';

/** Of this package, and of all others that it was published with. */
export const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string };
