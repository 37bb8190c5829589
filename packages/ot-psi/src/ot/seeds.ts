import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { TriadError } from '@triad/protocol';
import { randomBytes } from '@triad/ring';
import type { OtPairs } from './base-ot.js';
import { type OtLink, receiveBaseOt, sendBaseOt } from './exchange.js';

/** Columns of the OT extension: the security parameter, and bits of delta. */
export const columns = 128;
const keyBytes = 16;

/** The extension's sender after the base OTs, in which it chose. */
export interface SenderSeeds {
  /** 16 bytes; bit j of it, from the lowest of the first byte on, chose key j. */
  readonly delta: Uint8Array;
  /** 128 x 16 bytes. */
  readonly keys: Uint8Array;
}

/** The extension's receiver after the base OTs. */
export interface ReceiverSeeds {
  /** All keys k_j0, and all k_j1. */
  readonly pairs: OtPairs;
}

/** The base OTs of the extension's sender: it chooses by a fresh delta. */
export const baseForSender = async (link: OtLink): Promise<SenderSeeds> => {
  const delta = (link.random ?? randomBytes)(columns / 8);
  const choices = Uint8Array.from({ length: columns }, (_, j) => (delta[j >> 3]! >> (j & 7)) & 1);
  return { delta, keys: await receiveBaseOt(link, choices) };
};

/** The base OTs of the extension's receiver. */
export const baseForReceiver = async (link: OtLink): Promise<ReceiverSeeds> => ({
  pairs: await sendBaseOt(link, columns),
});

/**
 * Seeds kept from an earlier session with the same peer, for another one: every key is hashed with the session's name, which both sides
 * drew freshly, so that no stream is ever repeated. Delta stays: the OTs of sessions that share base OTs have the same one. Keep
 * seeds in memory, one pair of them for each peer, and as secret as what they will protect; drop them after any failed check. Throws
 * `bad-argument` for a session without a name, an outside party's.
 */
export const senderSeedsIn = ({ session }: OtLink, { delta, keys }: SenderSeeds): SenderSeeds => ({
  delta,
  keys: derived(keys, session.id),
});

/** The other side of `senderSeedsIn`. */
export const receiverSeedsIn = ({ session }: OtLink, { pairs }: ReceiverSeeds): ReceiverSeeds => ({
  pairs: [derived(pairs[0], session.id), derived(pairs[1], session.id)],
});

const domain = 'triad/ot-psi/cached-seed/1';

const derived = (keys: Uint8Array, session: string | undefined): Uint8Array => {
  if (session === undefined) {
    throw new TriadError('bad-argument', 'seeds are kept for sessions of computing parties', {
      remedy: 'run base OTs between computing parties',
    });
  }
  const run = sha256.create().update(utf8ToBytes(`${domain}/${session}`));
  const out = new Uint8Array(keys.length);
  for (let at = 0; at < keys.length; at += keyBytes) {
    const key = run
      .clone()
      .update(keys.subarray(at, at + keyBytes))
      .digest();
    out.set(key.subarray(0, keyBytes), at);
  }
  return out;
};
