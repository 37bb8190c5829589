import { randomBytes } from '@triad/ring';
import { digestKeys, hashKeyBytes } from '../key/digest.js';
import { keySet } from '../key/key-set.js';
import type { Keys } from '../key/keys.js';

/** Rows whose key an earlier row has, each followed by the first of those, found without telling anybody. */
export const repeatedKeys = (keys: Keys): Uint32Array => {
  const set = keySet(digestKeys(keys, randomBytes(hashKeyBytes)));
  set.dispose();
  return set.repeats;
};
