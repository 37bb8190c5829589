import { mapHashToField } from '@noble/curves/abstract/modular.js';
import { ristretto255 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { type ErrorContext, TriadError } from '@triad/protocol';

/** An element of ristretto255, the prime-order group of RFC 9496. */
export type Point = InstanceType<typeof ristretto255.Point>;

export const Point: typeof ristretto255.Point = ristretto255.Point;

/** Bytes of an encoded element. */
export const pointBytes = 32;

/** Random bytes a scalar is made from: twice its length, so that its bias is below 2^-250. */
export const scalarSeedBytes = 64;

/** A uniform scalar from 1 to the group order less one, from 64 uniform bytes read as little-endian. */
export const scalarFromSeed = (seed: Uint8Array): bigint =>
  bytesToNumberLE(mapHashToField(seed, Point.Fn.ORDER, true));

/**
 * The element these 32 bytes encode (RFC 9496, section 4.3.1). Throws `bad-message` for anything that is not the
 * canonical encoding of an element, and for the identity, which no honest party sends.
 */
export const decodePoint = (bytes: Uint8Array, what: string, context: ErrorContext = {}): Point => {
  let point: Point;
  try {
    point = Point.fromBytes(bytes);
  } catch (cause) {
    throw new TriadError('bad-message', `${what} is no element of ristretto255`, { ...context, cause });
  }
  if (point.is0()) throw new TriadError('bad-message', `${what} is the identity element`, context);
  return point;
};

/** `one` where `choice` is 1, `zero` where it is 0, without a branch or an index that depends on it. */
export const select = (choice: number, zero: Uint8Array, one: Uint8Array): Uint8Array => {
  const mask = -choice & 0xff;
  return Uint8Array.from(zero, (byte, i) => byte ^ (mask & (byte ^ one[i]!)));
};
