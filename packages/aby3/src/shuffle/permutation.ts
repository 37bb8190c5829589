import { type Op, type Prf, type Rank, type Session, TriadError } from '@triad/protocol';
import { Prg, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import { disposeTensors, tensorScope } from '../scope.js';
import { next, previous } from '../share.js';
import { drawn } from '../stream.js';

/**
 * A permutation of rows that no party knows: one of each pair of parties, which the third does not know, one after the other.
 * This party knows two. Whoever draws it disposes it.
 */
export interface SecretPermutation {
  readonly rows: number;
  /** The permutation shared with this party: row i of its result is row p_i. */
  with(peer: Rank): Tensor;
  dispose(): void;
}

/** A uniform one, without a message. */
export const secretPermutation = (session: Session, op: Op, rows: number): SecretPermutation => {
  if (!(Number.isInteger(rows) && rows >= 0 && rows < 2 ** 31)) {
    throw new TriadError('bad-argument', `a permutation is of 0 to 2^31 - 1 rows; got ${rows}`);
  }
  const before = previous(session.rank);
  using scope = tensorScope();
  const first = scope.own(draw(op, session.pair(before), rows));
  const second = draw(op, session.pair(next(session.rank)), rows);
  const both = scope.release({ first, second });
  return {
    rows,
    with: (peer) => (peer === before ? first : second),
    dispose: () => disposeTensors(both),
  };
};

/** Random words per call of the kernel. */
const blockWords = 1024;

/** A uniform permutation both holders of a key draw: as rejection takes no fixed number of words, its stream has a key of its own. */
const draw = (op: Op, key: Prf, rows: number): Tensor => {
  const prg = new Prg(drawKey(op, key));
  const p = Tensor.empty([rows]);
  const block = Tensor.empty([blockWords]);
  const { exchange, identity } = kernels();
  identity(p.ptr, rows);
  let row = rows - 1;
  for (let k = 0; row > 0; k++) {
    prg.fill(k, 0, 0, block);
    row = exchange(p.ptr, row, block.ptr, 2 * blockWords);
  }
  block.dispose();
  return p;
};

const drawKey = (op: Op, key: Prf): Uint8Array => {
  const words = drawn(op, key, [2]);
  const bytes = words.toBytes();
  words.dispose();
  return bytes;
};

/** Rows p_i of x, a matrix of rows: [...p, columns]. */
export const takeRows = (x: Tensor, p: Tensor): Tensor => {
  const columns = x.shape[1]!;
  const out = Tensor.empty([p.size, columns]);
  kernels().takeRows(x.ptr, p.ptr, out.ptr, p.size, columns);
  return out;
};

/** The permutation that undoes p. */
export const inverse = (p: Tensor): Tensor => {
  const out = Tensor.empty(p.shape);
  kernels().invert(p.ptr, out.ptr, p.size);
  return out;
};
