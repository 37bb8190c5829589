/**
 * Items as they are compared in bins: hashed once more under a key for each hash function that names a bin, so that an item is another one under each
 * of them, and two functions that name the same bin do no harm.
 */
import { Aes, Tensor } from '@triad/ring';
import { digestBytes } from '../key/digest.js';
import { type KeySet, keySet } from '../key/key-set.js';
import { hashBlocks } from '../okvs/okvs.js';
import type { OtLink } from '../ot/exchange.js';
import { takeBlocks } from './block.js';

/** Hash functions that name bins. */
export const hashes = 3;
const keyBytes = 16;

/** Every item under every function, [hashes * size, 2]: item i under function h is row h * size + i. Both sides draw the keys at this op. */
const underAll = ({ session, op }: OtLink, { size, digests }: KeySet): Tensor => {
  const keys = Tensor.empty([(hashes * keyBytes) / 8]);
  op.draw(session.common, keys);
  const bytes = keys.toBytes();
  keys.dispose();
  const out = Tensor.empty([hashes * size, 2]);
  for (let h = 0; h < hashes; h++) {
    const aes = new Aes(bytes.subarray(h * keyBytes, (h + 1) * keyBytes));
    hashBlocks(aes, digests.ptr, out.ptr + h * size * digestBytes, size);
  }
  return out;
};

/** All items under all functions: row h * size + i is item i under function h. */
export const candidateItems = (link: OtLink, set: KeySet): KeySet => keySet(underAll(link, set));

/** Every item under the function it was placed by: row i is item i. */
export const placedItems = (link: OtLink, set: KeySet, placedBy: Uint8Array): KeySet => {
  const all = underAll(link, set);
  const placed = takeBlocks(
    all,
    Uint32Array.from(placedBy, (h, i) => h * set.size + i),
  );
  all.dispose();
  return keySet(placed);
};
