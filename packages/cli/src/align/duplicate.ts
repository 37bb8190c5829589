import { type Keys, repeatedKeys } from '@triad/ot-psi';
import { badArgument } from '../bad-argument.js';

/** Throws `bad-argument`, naming two rows, where a key appears twice. Nobody is told. */
export const refuseDuplicates = (file: string, keys: Keys): void => {
  const repeats = repeatedKeys(keys);
  const [row, first] = repeats;
  if (row === undefined || first === undefined) return;
  const count = repeats.length / 2;
  throw badArgument(
    `${file}: row ${row + 1} has the key of row ${first + 1}${count === 1 ? '' : `, the first of ${count} that repeat one`}`,
    'give every row a key of its own, or take the first of them with --duplicates first',
  );
};
