import type { Op, Prf, Session } from '@triad/protocol';
import { sub, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import { tensorScope } from '../scope.js';
import { keys, next, previous, type Share } from '../share.js';
import { drawn } from '../stream.js';
import { deal, fold, type Opened, open } from './mask.js';
import { dealerKey, evaluator, freshComponents, joinParts, type Truncation } from './truncation.js';

/** The field in which bits are compared: a prime above the number of bits, plus 2 (SecureNN, section 4.1). */
const prime = 67;

/**
 * Truncation that rounds half up, always: floor((z + 2^(bits-1)) / 2^bits) for |z| + 2^(bits-1) < 2^62. Probabilistic
 * truncation is too large by the carry [c mod 2^bits < r mod 2^bits]; here the carry is computed and taken off. The
 * dealer knows r and the evaluators know c, which is SecureNN's private comparison (Wagh, Gupta, Chandran, PoPETs
 * 2019/3, algorithm 3) with one bit more in place of its special case: the dealer shares the bits of r modulo 67, gets
 * back a blinded and rotated row per element, sees whether it holds a zero (the carry xor a random bit the evaluators
 * know), and shares that. 4 rounds; bytes grow with `bits`.
 *
 * A rotation hides where the zero is, since all other entries are uniform and nonzero. Residues are drawn as words
 * modulo 67, 66 and bits + 1: each within 2^-57 of uniform.
 */
export const exact: Truncation = {
  name: 'exact',
  maxBits: 61,
  cost: (n, bits) => {
    const evaluator = 16 * n + n * (bits + 1);
    return { rounds: 4, bytes: [24 * n + n * bits, evaluator, evaluator] };
  },
  apply: (session, op, z, bits) =>
    session.rank === 0 ? dealExact(session, op, z, bits) : evaluateExact(session, op, z, bits),
};

/** Places of the messages and streams beside the truncation's own. */
const bitsAt = 1;
const rowsAt = 2;
const carryAt = 3;

const residues = (words: Tensor, modulus: number): Tensor => {
  const out = Tensor.empty([Math.ceil(words.size / 8)]);
  kernels().residues(words.ptr, out.ptr, words.size, modulus);
  words.dispose();
  return out;
};

/** `count` residues, one byte each, of a stream. */
const drawResidues = (op: Op, key: Prf, count: number): Tensor => residues(drawn(op, key, [count]), prime);

const byteTensor = (bytes: Uint8Array): Tensor => {
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  padded.set(bytes);
  return Tensor.fromBytes([padded.length / 8], padded);
};

const dealExact = async (session: Session, op: Op, z: Tensor, bits: number): Promise<Share> => {
  using scope = tensorScope();
  const mask = scope.own(deal(session, op, z, bits));
  dealBits(session, op.at(bitsAt), { ...mask, z }, bits);
  scope.free(mask);
  const fresh = scope.own(freshComponents(session, op.at(0), z));
  const n = z.size;
  const rows = n * (bits + 1);
  const received = await Promise.all([1, 2].map((r) => op.at(rowsAt).recv(r, rows)));
  const [x, y] = received.map((bytes) => scope.own(byteTensor(bytes)));
  const found = scope.own(Tensor.empty([n]));
  kernels().rowHasZero(x!.ptr, y!.ptr, found.ptr, n, bits + 1, prime);
  const carry = op.at(carryAt);
  const part = scope.own(drawn(carry, keys(session).a, [n]));
  sub(found, part, found);
  carry.send(1, found.toBytes());
  return scope.release(fresh);
};

const dealBits = (
  session: Session,
  op: Op,
  { z, u, dealt }: { readonly z: Tensor; readonly u: Tensor; readonly dealt: Tensor },
  bits: number,
): void => {
  using scope = tensorScope();
  const count = z.size * bits;
  const epsilon = scope.own(drawResidues(op, keys(session).a, count));
  const out = scope.own(Tensor.empty([epsilon.size]));
  kernels().dealLowBits(z.ptr, u.ptr, dealt.ptr, epsilon.ptr, out.ptr, z.size, bits, prime);
  op.send(1, out.toBytes().slice(0, count));
};

const evaluateExact = async (session: Session, op: Op, z: Tensor, bits: number): Promise<Share> => {
  using scope = tensorScope();
  const half = scope.own(Tensor.from([], [1n << BigInt(bits - 1)]));
  const [opened, xs] = await Promise.all([
    open(session, op, z, half).then((x) => scope.own(x)),
    bitParts(session, op.at(bitsAt), z.size * bits).then((x) => scope.own(x)),
  ]);
  const flip = scope.own(sendRows(session, op.at(rowsAt), { ...opened, xs }, bits));
  const component = scope.own(drawn(op.at(0), dealerKey(session), z.shape));
  const part = scope.own(fold(session, opened, component, bits));
  scope.free(opened, xs);
  const beta = scope.own(await carryPart(session, op.at(carryAt), flip.size));
  kernels().subtractFlipped(part.ptr, flip.ptr, beta.ptr, flip.size, evaluator(session).lead ? 1 : 0);
  return joinParts(session, op.at(0), scope.release(part), scope.release(component));
};

/** An evaluator's parts of the bits of r, one byte each. */
const bitParts = async (session: Session, op: Op, count: number): Promise<Tensor> =>
  evaluator(session).lead ? byteTensor(await op.recv(0, count)) : drawResidues(op, dealerKey(session), count);

/** The bits by which the carries were flipped, known to both evaluators. */
const sendRows = (
  session: Session,
  op: Op,
  { mine, theirs, xs }: Omit<Opened, 'correction'> & { readonly xs: Tensor },
  bits: number,
): Tensor => {
  using scope = tensorScope();
  const { lead } = evaluator(session);
  const n = mine.size;
  const count = n * (bits + 1);
  const common = session.pair(lead ? next(session.rank) : previous(session.rank));
  const flip = scope.own(drawn(op.at(0), common, [n]));
  const rotation = scope.own(drawn(op.at(1), common, [n]));
  const factors = scope.own(residues(drawn(op.at(2), common, [count]), prime - 1));
  const out = scope.own(Tensor.empty([factors.size]));
  const pointers = [mine, theirs, xs, flip, rotation, factors, out].map(({ ptr }) => ptr) as Seven;
  kernels().compareRows(...pointers, n, bits, prime, lead ? 1 : 0);
  op.send(0, out.toBytes().slice(0, count));
  return scope.release(flip);
};

type Seven = [number, number, number, number, number, number, number];

/** An evaluator's additive parts of the flipped carries. */
const carryPart = async (session: Session, op: Op, n: number): Promise<Tensor> => {
  if (evaluator(session).lead) return Tensor.fromBytes([n], await op.recv(0, 8 * n));
  return drawn(op, dealerKey(session), [n]);
};
