/**
 * How many keys two owners share.
 *
 * What each side learns, under semi-honest security (128 bits; wrong results with probability 2^-40):
 * - the receiver: the number of common keys, and the size of the sender's set;
 * - the sender: the size of the receiver's set;
 * - nobody: which keys are common.
 * Sizes are those of the sets of distinct keys, or `padTo`. A receiver that asks again with other keys learns the difference: who may ask, and how
 * often, is for the owners to agree on.
 */
import { TriadError } from '@triad/protocol';
import { baseOfReceiver, receiveCardinality } from '../cardinality/receiver.js';
import { parts } from '../cardinality/run.js';
import { baseOfSender, sendCardinality } from '../cardinality/sender.js';
import type { KeySet } from '../key/key-set.js';
import { type Keys, keyCount } from '../key/keys.js';
import { keySetOf } from '../key/prepare.js';
import type { OtLink } from '../ot/exchange.js';
import { exchangeHello } from './hello.js';

export interface CardinalityOptions {
  /** One side is the receiver, the other one the sender. */
  readonly role: 'receiver' | 'sender';
  /** Hides the number of distinct keys: the set is filled up to so many. */
  readonly padTo?: number;
}

export interface CardinalityResult {
  /** How many keys are common; undefined at the sender. */
  readonly common: number | undefined;
  /** Own keys given, and distinct ones. */
  readonly size: number;
  readonly distinct: number;
  /** The size of the other side's set. */
  readonly peerSize: number;
}

/** The largest set: the sender's is 16 bytes for each of three bins of an item, and the network of the receiver's has 30 switches an item. */
const maxItems = 2 ** 22;

const checkSize = (size: number, whose: string): void => {
  if (size <= maxItems) return;
  throw new TriadError(
    'limit',
    `${whose} has ${size} items; the size of an intersection is counted for up to ${maxItems}`,
    {
      remedy: 'divide the sets by something that may be known, and add up the sizes',
    },
  );
};

/** The size of the intersection of both sides' keys. Throws a TriadError for a peer that does not keep to the protocol. */
export const cardinality = async (
  link: OtLink,
  keys: Keys,
  { role, padTo }: CardinalityOptions,
): Promise<CardinalityResult> => {
  const meeting = role === 'receiver' ? receiving(link) : sending(link);
  // Base OTs run while this side hashes; what goes wrong meanwhile is told below.
  meeting.catch(() => {});
  const set = keySetOf(parts(link).hash, keys, padTo);
  try {
    const hello = { role, mode: 'cardinality', protocol: 'rr22', size: set.size } as const;
    checkSize(set.size, 'this side');
    const [peerSize, run] = await Promise.all([exchangeHello(parts(link).hello, hello), meeting]);
    checkSize(peerSize, 'the peer');
    const common = await run(set, peerSize);
    const size = keyCount(keys);
    return { common, size, distinct: size - set.repeats.length / 2, peerSize };
  } finally {
    set.dispose();
  }
};

type Side = (set: KeySet, peerSize: number) => Promise<number | undefined>;

const receiving = async (link: OtLink): Promise<Side> => {
  const base = await baseOfReceiver(link);
  return (set, peerSize) => receiveCardinality(link, base, set, peerSize);
};

const sending = async (link: OtLink): Promise<Side> => {
  const base = await baseOfSender(link);
  return async (set, peerSize) => {
    await sendCardinality(link, base, set, peerSize);
    return undefined;
  };
};
