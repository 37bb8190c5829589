import { type Op, type Rank, type Session, TriadError } from '@triad/protocol';
import { fromBitPlanes, planeWords, type Shape, size, Tensor, toBitPlanes, xor } from '@triad/ring';
import { tensorScope } from '../scope.js';
import { next, parties, previous } from '../share.js';
import { drawn } from '../stream.js';
import { type BooleanShare, disposeBits, joinPlanes, width, zeroPlanes } from './share.js';

/**
 * Bits of the owner's words, the lowest `bits` of each. Of its two components one is a stream it has with the party before
 * it, the other goes to the next party; the third is 0. 1 round, the planes from the owner.
 */
export const shareBits = async (
  session: Session,
  op: Op,
  { owner, bits }: { readonly owner: Rank; readonly bits: number },
  x: Tensor | Shape,
): Promise<BooleanShare> => {
  const shape = 'ptr' in x ? x.shape : x;
  const [before, after] = [previous(owner), next(owner)];
  checkOwner(session.rank, owner, 'ptr' in x);
  const planes = [bits, planeWords(size(shape))];
  const { rank } = session;
  if (rank === after) {
    const rest = await op.recv(owner, 8 * size(planes));
    return { shape, a: Tensor.fromBytes(planes, rest), b: Tensor.zeros(planes) };
  }
  using scope = tensorScope();
  const part = scope.own(drawn(op, session.pair(rank === owner ? before : owner), planes));
  if (rank === before) return scope.release({ shape, a: Tensor.zeros(planes), b: part });
  return scope.release({ shape, a: part, b: sendRest(op, after, x as Tensor, part) });
};

const sendRest = (op: Op, to: Rank, x: Tensor, stream: Tensor): Tensor => {
  using scope = tensorScope();
  const all = scope.own(toBitPlanes(x));
  const low = scope.own(all.rows(0, stream.shape[0]!));
  const rest = scope.own(xor(low, stream));
  op.send(to, rest.toBytes());
  return scope.release(rest);
};

const checkOwner = (rank: Rank, owner: Rank, hasValue: boolean): void => {
  if (owner >= 0 && owner < parties && (rank === owner) === hasValue) return;
  throw new TriadError(
    'bad-argument',
    `party ${rank} gave ${hasValue ? 'a value' : 'a shape'} as bits of ${owner}`,
    {
      party: rank,
      remedy: 'let a computing party own the bits, pass the tensor, and the others its shape',
    },
  );
};

/** A public value's bits: component 0. */
export const constantBits = ({ rank }: Session, c: Tensor, bits: number): BooleanShare => {
  const value = (): Tensor => {
    const all = toBitPlanes(c);
    const low = all.rows(0, bits);
    all.dispose();
    return low;
  };
  const zero = () => Tensor.zeros([bits, planeWords(c.size)]);
  return { shape: c.shape, a: rank === 0 ? value() : zero(), b: rank === 2 ? value() : zero() };
};

/** Opens the unsigned numbers to all or to one computing party. 1 round, the planes from whoever sends. */
export const revealBits = async (
  session: Session,
  op: Op,
  x: BooleanShare,
  to: Rank | 'all',
): Promise<Tensor | undefined> => {
  const { rank } = session;
  if (to !== 'all' && !(to >= 0 && to < parties)) {
    throw new TriadError('bad-argument', `bits are revealed to computing parties; got ${to}`, {
      remedy: 'convert them by b2a first',
    });
  }
  if (to === 'all' || to === next(rank)) op.send(next(rank), x.a.toBytes());
  if (to !== 'all' && to !== rank) return undefined;
  const opened = Tensor.fromBytes(x.a.shape, await op.recv(previous(rank), 8 * x.a.size));
  xor(opened, x.a, opened);
  xor(opened, x.b, opened);
  const out = toUnsigned(opened, x.shape);
  opened.dispose();
  return out;
};

/** The numbers whose lower bits these planes are. */
export const toUnsigned = (planes: Tensor, shape: Shape): Tensor => {
  const part: BooleanShare = { shape, a: planes, b: planes };
  const rest = zeroPlanes(shape, 64 - width(part));
  const all = joinPlanes(part, rest);
  const out = fromBitPlanes(all.a, shape);
  disposeBits(rest, all);
  return out;
};
