import { mapHashToField } from '@noble/curves/abstract/modular.js';
import { ristretto255 as curve } from '@noble/curves/ed25519.js';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { type ErrorContext, TriadError } from '@triad/protocol';
import { type OtGroup, select } from './group.js';
import { decodeReply, decodeSetup } from './message.js';

/** An element of ristretto255, the prime-order group of RFC 9496. */
export type Point = InstanceType<typeof curve.Point>;

export const Point: typeof curve.Point = curve.Point;

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

/** Window of the table of multiples of A: 8 ms to build, then a fifth of a plain multiplication. */
const tableWindow = 6;

/**
 * ristretto255 (RFC 9496), everywhere. The scalar multiplications are @noble/curves', on BigInt, whose time JavaScript engines do not promise to
 * be constant. Scalars are fresh in every run.
 */
export const ristretto255: OtGroup = {
  name: 'ristretto255',
  domain: 'triad/ot-psi/base-ot/1',
  pointBytes,
  sender: (random) => {
    const a = scalarFromSeed(random(scalarSeedBytes));
    const A = Point.BASE.multiply(a);
    return {
      setup: A.toBytes(),
      agree: (message, count, context) => {
        const aA = A.multiply(a);
        const points = decodeReply(message, count, context).map(({ point }) => point.multiply(a));
        return [points.map((aR) => aR.toBytes()), points.map((aR) => aR.subtract(aA).toBytes())];
      },
    };
  },
  receiver: (setup, context) => {
    const A = decodeSetup(setup, context).point;
    A.precompute(tableWindow);
    return (choices, random) => {
      const scalars = Array.from(choices, () => scalarFromSeed(random(scalarSeedBytes)));
      const sent = scalars.map((b, i) => {
        const bB = Point.BASE.multiply(b);
        return select(choices[i]!, bB.toBytes(), bB.add(A).toBytes());
      });
      return { sent, agreed: scalars.map((b) => A.multiply(b).toBytes()) };
    };
  },
};
