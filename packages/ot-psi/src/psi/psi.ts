/**
 * Private set intersection of two owners' keys.
 *
 * What each side learns, under semi-honest security (128 bits; wrong results with probability 2^-40):
 * - the receiver: which of its own keys the sender has, and the size of the sender's set;
 * - the sender: the size of the receiver's set, and with `result: 'both'` which of its own keys the receiver has;
 * - the receiver with `result: 'payload'`, also: the slots of common keys in a list that the sender orders at random, which says nothing;
 * - nobody: keys the other one does not have, rows, the number of repeated keys, or the order of rows.
 * Sizes are those of the sets of distinct keys, or `padTo`.
 */

import { padding } from '../key/key-set.js';
import { type Keys, keyCount } from '../key/keys.js';
import { keySetOf } from '../key/prepare.js';
import type { OtLink } from '../ot/exchange.js';
import { type PsiRoles, psiRunner } from './runner.js';

export interface PsiOptions extends PsiRoles {
  /** Hides the number of distinct keys: the set is filled up to so many. */
  readonly padTo?: number;
}

export interface PsiResult {
  /**
   * Own rows of the common keys, in an order that is the same at both sides and says nothing of rows; of repeated keys the first row.
   * Undefined where this side learns nothing.
   */
  readonly rows: Uint32Array | undefined;
  /** With `result: 'payload'`, at the receiver: for each of `rows`, which row of the sender's payload belongs to it. */
  readonly slots: Uint32Array | undefined;
  /**
   * With `result: 'payload'`, at the sender: the own row in each row of the payload, which it shares whole and in this order; `padding` where there
   * is none, and any values do.
   */
  readonly slotRows: Uint32Array | undefined;
  /** Own keys given, distinct ones, and how many rows repeat a key. */
  readonly size: number;
  readonly distinct: number;
  readonly duplicates: number;
  /** Rows whose key an earlier row has, each followed by the first of those. */
  readonly repeats: Uint32Array;
  /** The size of the other side's set. */
  readonly peerSize: number;
}

const parts = (link: OtLink) => ({
  base: { ...link, op: link.op.at(0) },
  hash: { ...link, op: link.op.at(1) },
  run: { ...link, op: link.op.at(2) },
});

/** The intersection of both sides' keys. Throws a TriadError for a peer that does not keep to the protocol. */
export const psi = async (link: OtLink, keys: Keys, { padTo, ...roles }: PsiOptions): Promise<PsiResult> => {
  const { base, hash, run } = parts(link);
  const meeting = psiRunner(base, { rows: padTo ?? keyCount(keys), ...roles });
  // The receiver has spoken, and hashes while the sender answers. What goes wrong meanwhile is told below.
  if (roles.role === 'sender') await meeting;
  else meeting.catch(() => {});
  const set = keySetOf(hash, keys, padTo);
  try {
    const { common, slots, peerSize } = await (await meeting).run(run, set);
    const rows = common?.map((i) => set.rows[i]!);
    const real = (_: number, i: number) => rows?.[i] !== padding;
    const duplicates = set.repeats.length / 2;
    const size = keyCount(keys);
    return {
      // Padding is common with probability 2^-100, and no row.
      rows: rows?.filter(real),
      slots: roles.role === 'receiver' ? slots?.filter(real) : undefined,
      slotRows: roles.role === 'sender' ? slots?.map((i) => set.rows[i]!) : undefined,
      size,
      distinct: size - duplicates,
      duplicates,
      repeats: set.repeats,
      peerSize,
    };
  } finally {
    set.dispose();
  }
};
