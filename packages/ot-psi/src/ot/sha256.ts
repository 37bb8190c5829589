import { sha256 as portable } from '@noble/hashes/sha2.js';

interface Hash {
  update(bytes: Uint8Array): Hash;
  digest(): Uint8Array;
}

/** What is used of `node:crypto`. Importing it by name would break bundles for browsers. */
interface Crypto {
  createHash(name: 'sha256'): Hash;
}

interface Platform {
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

const crypto = (globalThis as Platform).process?.getBuiltinModule?.('node:crypto') as Crypto | undefined;

/** SHA-256 of megabytes: the platform's where there is one, ten times as fast. */
export const sha256 = (bytes: Uint8Array): Uint8Array =>
  crypto === undefined
    ? portable(bytes)
    : Uint8Array.from(crypto.createHash('sha256').update(bytes).digest());
