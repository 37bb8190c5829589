import { difference, leftJoin, type Matched } from '@triad/ot-psi';
import { badArgument } from '../bad-argument.js';

/** What is asked of two owners' keys. */
export const modes = ['intersection', 'cardinality', 'difference', 'left-join'] as const;
export type Mode = (typeof modes)[number];

/** Own rows a mode asks for. */
export const select = (mode: Mode, matched: Matched): Uint32Array => {
  if (mode === 'intersection') return matched.rows;
  if (mode === 'difference') return difference(matched);
  if (mode === 'left-join') return leftJoin(matched);
  throw badArgument(`${mode} chooses no rows`, 'choose another --mode');
};
