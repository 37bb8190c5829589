import { TriadError } from '@triad/protocol';
import { randomBytes, Tensor } from '@triad/ring';
import type { OtLink } from '../ot/exchange.js';
import { digestKeys, hashKeyBytes } from './digest.js';
import { type KeySet, keySet, padded } from './key-set.js';
import type { Keys } from './keys.js';

/** A key of the hash that all computing parties of the session draw at this op, and nobody else knows. */
export const drawHashKey = ({ session, op }: Pick<OtLink, 'session' | 'op'>): Uint8Array => {
  const words = Tensor.empty([hashKeyBytes / 8]);
  op.draw(session.common, words);
  const key = words.toBytes();
  words.dispose();
  return key;
};

/** The set of keys, hashed with a key drawn at this op, and filled up to `padTo`. Throws `limit` for a set that is larger. */
export const keySetOf = (link: OtLink, keys: Keys, padTo: number | undefined): KeySet => {
  const set = keySet(digestKeys(keys, drawHashKey(link)));
  if (padTo === undefined) return set;
  const { size } = set;
  if (size <= padTo) return padded(set, padTo, link.random ?? randomBytes);
  set.dispose();
  throw new TriadError('limit', `${size} distinct keys do not fit into a set padded to ${padTo}`, {
    remedy: 'pad to a larger size, or not at all',
  });
};
