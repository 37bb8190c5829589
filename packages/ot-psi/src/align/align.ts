import { type Op, type Session, TriadError } from '@triad/protocol';
import type { Keys } from '../key/keys.js';
import { manyPsi } from '../many/many-psi.js';
import { psi } from '../psi/psi.js';
import { repeatedKeys } from './repeated.js';

export interface AlignOptions {
  /** Rows that repeat a key: refuse them, or take the first of each key. Default: refuse. */
  readonly duplicates?: 'refuse' | 'first';
  /** Hides the number of distinct keys: the set is filled up to so many. */
  readonly padTo?: number;
}

export interface Alignment {
  /** Own rows of the keys that all owners have, in the order that all agree on. */
  readonly rows: Uint32Array;
  /** Keys given, and rows that repeat one. */
  readonly size: number;
  readonly duplicates: number;
}

/**
 * The rows that all owners, the computing parties of a session, have by key. Every owner learns which of its keys all others have, and nothing
 * of other keys. Throws `bad-argument`, before anything is sent, where keys repeat that are to be refused.
 */
export const align = async (
  session: Session,
  op: Op,
  keys: Keys,
  { duplicates = 'refuse', padTo }: AlignOptions = {},
): Promise<Alignment> => {
  if (duplicates === 'refuse') refuseRepeated(keys);
  const padding = padTo === undefined ? {} : { padTo };
  const { rank, parties } = session;
  const result =
    parties === 2
      ? await psi({ session, op, peer: 1 - rank }, keys, {
          role: rank === 0 ? 'receiver' : 'sender',
          result: 'both',
          ...padding,
        })
      : await manyPsi(session, op, keys, { result: 'all', ...padding });
  return { rows: result.rows!, size: result.size, duplicates: result.duplicates };
};

const refuseRepeated = (keys: Keys): void => {
  const repeats = repeatedKeys(keys);
  const [row, first] = repeats;
  if (row === undefined || first === undefined) return;
  const others = repeats.length / 2 - 1;
  const more = others === 0 ? '' : `, and ${others} other rows repeat one`;
  throw new TriadError('bad-argument', `row ${row} has the key of row ${first}${more}; rows count from 0`, {
    remedy: "give every row a key of its own, or take the first with duplicates: 'first'",
  });
};
