import { type Op, type Session, TriadError } from '@triad/protocol';
import { shiftRightArithmetic, sub, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import { tensorScope } from '../scope.js';
import { keys, type Share } from '../share.js';
import { drawn } from '../stream.js';
import { dealerKey, evaluator, type Truncation } from './truncation.js';

/** Failure below 2^-40 an element: |z| / 2^64 with |z| < 2^24. */
const maxMagnitudeBits = 24;

/**
 * Truncation in 1 round and 1 element from each party, where |z| < 2^magnitudeBits is known (ABY3, section 5.1). With
 * r and c = r + z as in `probabilistic`, z / 2^bits = floor(c / 2^bits) - floor(r / 2^bits) as signed numbers, without
 * bias and off by less than one unit, unless r + z overflows: then the result is off by 2^(64-bits). That happens with
 * probability |z| / 2^64, so bounds above 2^24 are refused.
 */
export const local = (magnitudeBits: number): Truncation => {
  if (!(Number.isInteger(magnitudeBits) && magnitudeBits > 0 && magnitudeBits <= maxMagnitudeBits)) {
    throw new TriadError(
      'bad-argument',
      `local truncation fails with probability 2^(magnitudeBits - 64); magnitudeBits is ${magnitudeBits}`,
      {
        remedy: `give a bound from 1 to ${maxMagnitudeBits}, or leave the default truncation, which never fails`,
      },
    );
  }
  return {
    name: `local-${magnitudeBits}`,
    maxBits: 62,
    cost: (elements) => ({ rounds: 1, bytes: [8 * elements, 8 * elements, 8 * elements] }),
    apply: async (session, op, z, bits) =>
      session.rank === 0 ? deal(session, op, z, bits) : evaluate(session, op, z, bits),
  };
};

const deal = (session: Session, op: Op, z: Tensor, bits: number): Share => {
  using scope = tensorScope();
  const { a: key0, b: key1 } = keys(session);
  const r = scope.own(drawn(op, key1, z.shape));
  const w = scope.own(drawn(op, key0, z.shape));
  kernels().sum(r.ptr, w.ptr, r.ptr, z.size);
  scope.free(w);
  const a = scope.own(drawn(op.at(0), key0, z.shape));
  // -floor(r / 2^bits) is -((r - z_0) >> bits): party 0's own part of z is in r.
  sub(r, z, r);
  shiftRightArithmetic(r, bits, r);
  const b = scope.own(Tensor.zeros(z.shape));
  sub(sub(b, r, b), a, b);
  op.send(1, b.toBytes());
  return scope.release({ a, b });
};

const evaluate = async (session: Session, op: Op, z: Tensor, bits: number): Promise<Share> => {
  using scope = tensorScope();
  const { lead, other } = evaluator(session);
  const key = dealerKey(session);
  const { shape, size } = z;
  const opened = scope.own(drawn(op, key, shape));
  kernels().sum(opened.ptr, z.ptr, opened.ptr, size);
  op.send(other, opened.toBytes());
  const [theirs, dealt] = await Promise.all([
    op.recv(other, 8 * size),
    lead ? op.recv(0, 8 * size) : undefined,
  ]);
  const rest = scope.own(Tensor.fromBytes(shape, theirs));
  kernels().sum(rest.ptr, opened.ptr, rest.ptr, size);
  scope.free(opened);
  shiftRightArithmetic(rest, bits, rest);
  if (dealt !== undefined) return scope.release({ a: Tensor.fromBytes(shape, dealt), b: rest });
  return scope.release({ a: rest, b: drawn(op.at(0), key, shape) });
};
