import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

/** Bytes of one OT message. */
export const messageBytes = 16;

/** Derives the message of OT `index` from the element the receiver sent and the one both sides agree on. */
export type DeriveMessage = (index: number, sent: Uint8Array, agreed: Uint8Array) => Uint8Array;

/**
 * The random oracle of one run: SHA-256(domain, SHA-256(session), A, index as LE u32, R, agreed), first 16 bytes.
 * Every field has a fixed length, so no two inputs share an encoding.
 */
export const messageOracle = (domain: string, session: Uint8Array, setup: Uint8Array): DeriveMessage => {
  const run = sha256.create().update(utf8ToBytes(domain)).update(sha256(session)).update(setup);
  return (index, sent, agreed) => {
    const number = new Uint8Array(4);
    new DataView(number.buffer).setUint32(0, index, true);
    return run.clone().update(number).update(sent).update(agreed).digest().slice(0, messageBytes);
  };
};
