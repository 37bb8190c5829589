/**
 * P-256 (SEC 2, section 2.4.2) where the platform multiplies by scalars itself: Node's ECDH takes a twentieth of the time of BigInt, in constant
 * time. It gives the x coordinate of a product alone, which is what random oracles are asked about: the element R is hashed with it, and
 * x(aR) is as hard to compute as aR. Sums of elements are @noble/curves'; they are of public elements, or fresh ones.
 */
import { normalizeZ } from '@noble/curves/abstract/curve.js';
import { p256 as curve } from '@noble/curves/nist.js';
import { type ErrorContext, TriadError } from '@triad/protocol';
import { type GroupReceiver, type GroupSender, type OtGroup, type RandomSource, select } from './group.js';

const { Point } = curve;
type Point = InstanceType<typeof Point>;

/** An element travels uncompressed: a square root would cost more than 32 bytes. */
const pointBytes = 65;
const scalarBytes = 32;

interface Ecdh {
  setPrivateKey(scalar: Uint8Array): void;
  getPublicKey(): Uint8Array;
  computeSecret(element: Uint8Array): Uint8Array;
}

/** What is used of `node:crypto`. Importing it by name would break bundles for browsers. */
interface Crypto {
  createECDH(curve: 'prime256v1'): Ecdh;
}

interface Platform {
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

const crypto = (globalThis as Platform).process?.getBuiltinModule?.('node:crypto') as Crypto | undefined;

/** An honest source needs a second draw once in 2^32. */
const draws = 8;

/** A fresh scalar, from 1 to the order less one. Throws `bad-argument` for a source that gives none. */
const draw = ({ createECDH }: Crypto, random: RandomSource): Ecdh => {
  const ecdh = createECDH('prime256v1');
  for (let i = 0; i < draws; i++) {
    const seed = random(scalarBytes);
    try {
      ecdh.setPrivateKey(seed);
      return ecdh;
    } catch {}
  }
  throw new TriadError('bad-argument', `a source of randomness gave no scalar in ${draws} draws`, {
    remedy: 'let it give as many uniform bytes as it is asked for',
  });
};

/** The element of an uncompressed encoding; the identity has none. Throws `bad-message` for what is not on the curve. */
const decode = (bytes: Uint8Array, what: string, context: ErrorContext): Point => {
  try {
    if (bytes.length === pointBytes) return Point.fromBytes(bytes);
  } catch {}
  throw new TriadError('bad-message', `${what} is no element of P-256`, {
    remedy: 'check that both sides run the same version and the same number of OTs',
    ...context,
  });
};

const encodeAll = (points: readonly Point[]): Uint8Array[] =>
  normalizeZ(Point, [...points]).map((point) => point.toBytes(false));

const sender = (platform: Crypto, random: RandomSource): GroupSender => {
  const a = draw(platform, random);
  const setup = Uint8Array.from(a.getPublicKey());
  const A = Point.fromBytes(setup);
  const agree = (message: Uint8Array, count: number, context: ErrorContext) => {
    if (message.length !== count * pointBytes) {
      const length = `${message.length} bytes instead of ${count * pointBytes}`;
      throw new TriadError('bad-message', `a base OT message has ${length}`, {
        remedy: 'check that both sides run the same version and the same number of OTs',
        ...context,
      });
    }
    const sent = Array.from({ length: count }, (_, i) =>
      message.subarray(i * pointBytes, (i + 1) * pointBytes),
    );
    const points = sent.map((bytes, i) => decode(bytes, `element ${i} of the OT receiver`, context));
    const less = points.map((R, i) => {
      const difference = R.subtract(A);
      if (!difference.is0()) return difference;
      throw new TriadError('bad-message', `element ${i} of the OT receiver is the sender's`, context);
    });
    const secret = (R: Uint8Array) => Uint8Array.from(a.computeSecret(R));
    return [sent.map(secret), encodeAll(less).map(secret)] as const;
  };
  return { setup, agree };
};

const receiver = (platform: Crypto, setup: Uint8Array, context: ErrorContext): GroupReceiver => {
  const A = decode(setup, "the OT sender's element", context);
  return (choices, random) => {
    const scalars = Array.from(choices, () => draw(platform, random));
    const zero = scalars.map((b) => Uint8Array.from(b.getPublicKey()));
    const one = encodeAll(zero.map((bB) => Point.fromBytes(bB).add(A)));
    const sent = zero.map((bB, i) => select(choices[i]!, bB, one[i]!));
    return { sent, agreed: scalars.map((b) => Uint8Array.from(b.computeSecret(setup))) };
  };
};

const group = (platform: Crypto): OtGroup => ({
  name: 'p256',
  domain: 'triad/ot-psi/base-ot/p256/1',
  pointBytes,
  sender: (random) => sender(platform, random),
  receiver: (setup, context) => receiver(platform, setup, context),
});

/** Undefined where the platform does not multiply by scalars itself. */
export const p256: OtGroup | undefined = crypto && group(crypto);
