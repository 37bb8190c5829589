import { type Op, type Session, TriadError } from '@triad/protocol';
import { shiftRightArithmetic, sub, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import { keys, type Share } from '../share.js';
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
  const { a: key0, b: key1 } = keys(session);
  const r = Tensor.empty(z.shape);
  op.draw(key1, r);
  const w = Tensor.empty(z.shape);
  op.draw(key0, w);
  kernels().sum(r.ptr, w.ptr, r.ptr, z.size);
  w.dispose();
  const a = Tensor.empty(z.shape);
  op.at(0).draw(key0, a);
  // -floor(r / 2^bits) is -((r - z_0) >> bits): party 0's own part of z is in r.
  sub(r, z, r);
  shiftRightArithmetic(r, bits, r);
  const b = Tensor.zeros(z.shape);
  sub(sub(b, r, b), a, b);
  r.dispose();
  op.send(1, b.toBytes());
  return { a, b };
};

const evaluate = async (session: Session, op: Op, z: Tensor, bits: number): Promise<Share> => {
  const { lead, other } = evaluator(session);
  const key = dealerKey(session);
  const { shape, size } = z;
  const opened = Tensor.empty(shape);
  op.draw(key, opened);
  kernels().sum(opened.ptr, z.ptr, opened.ptr, size);
  op.send(other, opened.toBytes());
  const [theirs, dealt] = await Promise.all([
    op.recv(other, 8 * size),
    lead ? op.recv(0, 8 * size) : undefined,
  ]);
  const rest = Tensor.fromBytes(shape, theirs);
  kernels().sum(rest.ptr, opened.ptr, rest.ptr, size);
  opened.dispose();
  shiftRightArithmetic(rest, bits, rest);
  if (dealt !== undefined) return { a: Tensor.fromBytes(shape, dealt), b: rest };
  const x0 = Tensor.empty(shape);
  op.at(0).draw(key, x0);
  return { a: rest, b: x0 };
};
