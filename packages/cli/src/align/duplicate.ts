import { digestKeys, filledSet, type Keys, keyCount } from '@triad/ot-psi';
import { randomBytes } from '@triad/ring';
import { badArgument } from '../bad-argument.js';

/** Throws `bad-argument`, naming two rows, where a key appears twice. Nobody is told. */
export const refuseDuplicates = (file: string, keys: Keys): void => {
  const digests = digestKeys(keys, randomBytes(32));
  const rows = Uint32Array.from({ length: keyCount(keys) }, (_, i) => i);
  const set = filledSet({ digests: digests.toBytes(), rows }, rows.length);
  digests.dispose();
  set.dispose();
  const [row, first] = set.repeats;
  if (row === undefined || first === undefined) return;
  const count = set.repeats.length / 2;
  throw badArgument(
    `${file}: row ${row + 1} has the key of row ${first + 1}${count === 1 ? '' : `, the first of ${count} that repeat one`}`,
    'give every row a key of its own, or take the first of them with --duplicates first',
  );
};
