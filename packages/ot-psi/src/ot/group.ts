import type { ErrorContext } from '@triad/protocol';

/** A group of prime order with base B, as base OTs need it. */
export interface OtGroup {
  readonly name: 'ristretto255' | 'p256';
  /** Keeps its hashes apart from other groups'. */
  readonly domain: string;
  /** Bytes of an element as it travels. */
  readonly pointBytes: number;
  /** A fresh scalar a: A = a B, and what it makes of the receiver's elements. */
  sender(random: RandomSource): GroupSender;
  /** Throws `bad-message` for a setup that is no element, or the identity. */
  receiver(setup: Uint8Array, context: ErrorContext): GroupReceiver;
}

export type RandomSource = (bytes: number) => Uint8Array;

export interface GroupSender {
  readonly setup: Uint8Array;
  /**
   * For elements R_i in a row: all a R_i, and all a (R_i - A). Throws `bad-message` before using any, unless all are elements
   * and none the identity.
   */
  agree(
    message: Uint8Array,
    count: number,
    context: ErrorContext,
  ): readonly [zero: readonly Uint8Array[], one: readonly Uint8Array[]];
}

/** Fresh scalars b_i, one for each choice: R_i = b_i B + c_i A, and all b_i A. */
export type GroupReceiver = (
  choices: Uint8Array,
  random: RandomSource,
) => { readonly sent: readonly Uint8Array[]; readonly agreed: readonly Uint8Array[] };

/** `one` where `choice` is 1, `zero` where it is 0, without a branch or an index that depends on it. */
export const select = (choice: number, zero: Uint8Array, one: Uint8Array): Uint8Array => {
  const mask = -choice & 0xff;
  return Uint8Array.from(zero, (byte, i) => byte ^ (mask & (byte ^ one[i]!)));
};
