import { type Op, type Rank, type Session, TriadError } from '@triad/protocol';
import { add, Prg, type Shape, size, sub, Tensor } from '@triad/ring';
import { tensorScope } from './scope.js';
import { keys, next, previous, type Share } from './share.js';
import { drawn } from './stream.js';

/**
 * Input sharing (ABY3, section 4; Araki et al. 2016, section 2.1). Two components are streams of keys, so that only the
 * third one travels: 1 round, 2 elements from the owner.
 */
export const share = async (session: Session, op: Op, owner: Rank, x: Tensor | Shape): Promise<Share> => {
  if (owner >= session.parties) return receiveClient(session, op, owner, shapeOnly(session.rank, owner, x));
  if (owner === session.rank) return send(session, op, tensorOf(owner, x));
  const shape = shapeOnly(session.rank, owner, x);
  const bytes = await op.recv(owner, size(shape) * 8);
  using scope = tensorScope();
  const rest = scope.own(Tensor.fromBytes(shape, bytes));
  const stream = drawn(op, session.pair(owner), shape);
  return scope.release(owner === previous(session.rank) ? { a: stream, b: rest } : { a: rest, b: stream });
};

const send = (session: Session, op: Op, x: Tensor): Share => {
  using scope = tensorScope();
  const { a: keyA, b: keyB } = keys(session);
  const a = scope.own(drawn(op, keyA, x.shape));
  const b = scope.own(drawn(op, keyB, x.shape));
  const rest = scope.own(sub(x, a));
  sub(rest, b, rest);
  op.send(next(session.rank), rest.toBytes());
  op.send(previous(session.rank), rest.toBytes());
  return scope.release({ a, b });
};

const seedBytes = 16;

/** A stream that everybody who has the seed can compute. */
const expand = (seed: Uint8Array, shape: Shape): Tensor => {
  const out = Tensor.empty(shape);
  new Prg(seed).fill(0, 0, 0, out);
  return out;
};

/**
 * An outside owner's side: the seed of x_0 to parties 0 and 2, that of x_1 to parties 0 and 1, x_2 = x - x_0 - x_1 to
 * parties 1 and 2.
 */
export const sendClient = (session: Session, op: Op, x: Tensor): void => {
  using scope = tensorScope();
  const words = scope.own(drawn(op, session.own, [4]));
  const seeds = words.toBytes();
  const [seed0, seed1] = [seeds.slice(0, seedBytes), seeds.slice(seedBytes)];
  const x0 = scope.own(expand(seed0, x.shape));
  const x1 = scope.own(expand(seed1, x.shape));
  const x2 = sub(x, add(x0, x1, x0), x1);
  const rest = x2.toBytes();
  op.send(0, seeds);
  op.send(1, concatBytes(seed1, rest));
  op.send(2, concatBytes(rest, seed0));
};

const receiveClient = async (session: Session, op: Op, owner: Rank, shape: Shape): Promise<Share> => {
  const wordBytes = size(shape) * 8;
  const lengths = [
    [seedBytes, seedBytes],
    [seedBytes, wordBytes],
    [wordBytes, seedBytes],
  ] as const;
  const [first, second] = lengths[session.rank as 0 | 1 | 2];
  const bytes = await op.recv(owner, first + second);
  const part = (from: number, isSeed: boolean, length: number): Tensor => {
    const slice = bytes.subarray(from, from + length);
    return isSeed ? expand(slice, shape) : Tensor.fromBytes(shape, slice);
  };
  return { a: part(0, session.rank !== 2, first), b: part(first, session.rank !== 1, second) };
};

const concatBytes = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
};

const shapeOnly = (rank: Rank, owner: Rank, x: Tensor | Shape): Shape => {
  if (!('ptr' in x)) return x;
  throw new TriadError('bad-argument', `party ${rank} gave a value that party ${owner} shares`, {
    party: rank,
    remedy: 'let everybody but the owner pass the shape',
  });
};

const tensorOf = (owner: Rank, x: Tensor | Shape): Tensor => {
  if ('ptr' in x) return x;
  throw new TriadError('bad-argument', `party ${owner} shares a value but gave a shape only`, {
    party: owner,
    remedy: 'let the owner pass the tensor',
  });
};
