/**
 * Private set intersection of two owners' keys.
 *
 * What each side learns, under semi-honest security (128 bits; wrong results with probability 2^-40):
 * - the receiver: which of its own keys the sender has, and the size of the sender's set;
 * - the sender: the size of the receiver's set, and with `result: 'both'` which of its own keys the receiver has;
 * - nobody: keys the other one does not have, rows, the number of repeated keys, or the order of rows.
 * Sizes are those of the sets of distinct keys, or `padTo`.
 */

import { type KeySet, padding } from '../key/key-set.js';
import { type Keys, keyCount } from '../key/keys.js';
import { keySetOf } from '../key/prepare.js';
import { kkrt16 } from '../kkrt16/kkrt16.js';
import type { OtLink } from '../ot/exchange.js';
import { rr22 } from '../rr22/rr22.js';
import { type Answer, receiveAnswer, sendAnswer } from './answer.js';
import { exchangeHello } from './hello.js';
import type { PsiName, PsiProtocol, PsiReceiver, PsiSender } from './protocol.js';

export interface PsiOptions {
  /** One side is the receiver, the other one the sender. */
  readonly role: 'receiver' | 'sender';
  /** Who learns the result; default the receiver alone. The same at both sides. */
  readonly result?: 'receiver' | 'both';
  /** The same at both sides; default rr22. */
  readonly protocol?: PsiName;
  /** Hides the number of distinct keys: the set is filled up to so many. */
  readonly padTo?: number;
}

export interface PsiResult {
  /**
   * Own rows of the common keys, in an order that is the same at both sides and says nothing of rows; of repeated keys the first row.
   * Undefined where this side learns nothing.
   */
  readonly rows: Uint32Array | undefined;
  /** Own keys given, distinct ones, and how many rows repeat a key. */
  readonly size: number;
  readonly distinct: number;
  readonly duplicates: number;
  /** Rows whose key an earlier row has, each followed by the first of those. */
  readonly repeats: Uint32Array;
  /** The size of the other side's set. */
  readonly peerSize: number;
}

const protocols: Readonly<Record<PsiName, PsiProtocol>> = { rr22, kkrt16 };

const parts = (link: OtLink) => ({
  base: { ...link, op: link.op.at(0) },
  hash: { ...link, op: link.op.at(1) },
  hello: { ...link, op: link.op.at(2) },
  run: { ...link, op: link.op.at(3) },
  answer: { ...link, op: link.op.at(4) },
});

/** The intersection of both sides' keys. Throws a TriadError for a peer that does not keep to the protocol. */
export const psi = async (link: OtLink, keys: Keys, options: PsiOptions): Promise<PsiResult> => {
  const { role, result = 'receiver', protocol: name = 'rr22', padTo } = options;
  const protocol = protocols[name];
  const { base, hash, hello } = parts(link);
  // The receiver speaks first in the base OTs of RR22, and hashes while the sender answers.
  const side = role === 'receiver' ? protocol.receiver(base) : await protocol.sender(base);
  const set = keySetOf(hash, keys, padTo);
  try {
    const peerSize = await exchangeHello(hello, { role, mode: result, protocol: name, size: set.size });
    const run: Run = { link, set, peerSize, answer: result === 'both' ? protocol.answer : undefined };
    const common = await ('then' in side ? receive(run, await side) : send(run, side));
    return {
      rows: common && rowsOf(set, common),
      size: keyCount(keys),
      distinct: keyCount(keys) - set.repeats.length / 2,
      duplicates: set.repeats.length / 2,
      repeats: set.repeats,
      peerSize,
    };
  } finally {
    set.dispose();
  }
};

interface Run {
  readonly link: OtLink;
  readonly set: KeySet;
  readonly peerSize: number;
  /** How the sender is told the result; undefined if it is not. */
  readonly answer: Answer | undefined;
}

/** Indices of common items in the set. */
const receive = async ({ link, set, peerSize, answer }: Run, receiver: PsiReceiver): Promise<Uint32Array> => {
  const matches = await receiver.run(parts(link).run, set, peerSize);
  if (answer !== undefined) sendAnswer(parts(link).answer, answer, matches, { ...set, peerSize });
  return matches.own;
};

const send = async (
  { link, set, peerSize, answer }: Run,
  sender: PsiSender,
): Promise<Uint32Array | undefined> => {
  const items = await sender.run(parts(link).run, set, peerSize);
  return answer && receiveAnswer(parts(link).answer, answer, items, set);
};

/** Padding is common with probability 2^-100, and no row. */
const rowsOf = (set: KeySet, common: Uint32Array): Uint32Array =>
  common.map((i) => set.rows[i]!).filter((row) => row !== padding);
