import type { KeySet } from '../key/key-set.js';
import type { OtLink } from '../ot/exchange.js';
import type { Answer } from './answer.js';

/** Common items as the receiver sees them. */
export interface Matches {
  /** Indices into its own set, ascending. */
  readonly own: Uint32Array;
  /** The slot of the sender's list each was found in. */
  readonly slots: Uint32Array;
}

/**
 * A protocol by which the receiver learns which of its items the sender has. Base OTs come first and serve all runs that
 * follow, each at an op of its own.
 */
export interface PsiProtocol {
  readonly name: PsiName;
  /** How the receiver tells the sender what is common. */
  readonly answer: Answer;
  receiver(link: OtLink): Promise<PsiReceiver>;
  sender(link: OtLink): Promise<PsiSender>;
}

export type PsiName = 'rr22' | 'kkrt16';

export interface PsiReceiver {
  run(link: OtLink, set: KeySet, peerSize: number): Promise<Matches>;
}

export interface PsiSender {
  /** What was sent: slot by slot, the index into its own set (2^32 - 1: nothing). */
  run(link: OtLink, set: KeySet, peerSize: number): Promise<Uint32Array>;
}
