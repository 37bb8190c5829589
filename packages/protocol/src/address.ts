import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { TriadError } from './error.js';

/**
 * Where a message or a PRF stream belongs. Addresses come from the program, never from call order, so no two
 * parties' counters can drift apart: `step` is the run of the program, `index` the node in it, `path` the place
 * inside the node's protocol.
 */
export interface Address {
  /** 0 to 2^32 - 1; 2^31 and above are taken by named ops. */
  readonly step: number;
  /** 0 to 2^20 - 1. */
  readonly index: number;
  /** 0 to 2^24 - 1: up to four levels of six bits. */
  readonly path: number;
}

export const maxStep = 2 ** 31 - 1;
export const maxIndex = 2 ** 20 - 1;
export const maxPath = 2 ** 24 - 1;

/** Index and path as one number (below 2^44): a map key within one step. */
export const slot = (address: Address): number => address.index * 2 ** 24 + address.path;

/** `step 12/5.1.3`, for messages to people. */
export const formatAddress = (address: Address): string => {
  const levels: number[] = [];
  for (let rest = address.path; rest > 0; rest = Math.floor(rest / 64)) levels.unshift((rest % 64) - 1);
  return `step ${address.step}/${[address.index, ...levels].join('.')}`;
};

/** The sub-address `k` (0 to 62) of an address, four levels deep at most. */
export const childAddress = (address: Address, k: number): Address => {
  const path = address.path * 64 + k + 1;
  if (!(Number.isInteger(k) && k >= 0 && k < 63) || path > maxPath) {
    throw new TriadError('bad-argument', `an op has sub-addresses 0 to 62, four levels deep; got ${k}`, {
      op: formatAddress(address),
    });
  }
  return { step: address.step, index: address.index, path };
};

/** The address of an op that a name and numbers identify: 51 bits of SHA-256; a collision is caught as a reuse. */
export const namedAddress = (name: string, ...indices: readonly number[]): Address => {
  const digest = sha256(utf8ToBytes(JSON.stringify([name, ...indices])));
  const view = new DataView(digest.buffer, digest.byteOffset);
  return {
    step: (view.getUint32(0, true) | 0x80000000) >>> 0,
    index: view.getUint32(4, true) & maxIndex,
    path: 0,
  };
};
