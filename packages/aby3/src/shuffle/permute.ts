import { type Cost, type Op, type Rank, type Session, TriadError } from '@triad/protocol';
import { add, sub, Tensor } from '@triad/ring';
import { tensorScope } from '../scope.js';
import { next, type Share } from '../share.js';
import { drawn } from '../stream.js';
import { fromMatrix, rowsOf, toMatrix } from './column.js';
import { inverse, type SecretPermutation, secretPermutation, takeRows } from './permutation.js';

/**
 * Permuting rows by a secret permutation (Araki, Furukawa, Ohara, Pinkas, Rosemarin, Tsuchida: Secure graph analysis at
 * scale, CCS 2021; the idea of one permutation a pair is Laur, Willemson, Zhang's, ISC 2011). Three parties, by role: the dealer
 * knows the first and the middle permutation, the relay the first and the last, the finisher the middle and the last. The
 * dealer's two components and the third one, which the relay has, travel apart, under masks of the pair that permutes:
 *
 *   1. dealer -> relay: middle(first(its sum + Z)) + Z';  relay -> finisher: first(its component - Z);
 *   2. relay and finisher have parts last(...) and last(middle(...) - Z') of the result, and join them.
 *
 * Z is a stream of dealer and relay, Z' of dealer and finisher; the result's components with the dealer are fresh streams.
 * So the relay sees what Z' masks and the finisher what Z masks, then each a part under the stream of the other: all uniform.
 * 2 rounds; the relay sends 2 words a word, the others 1; the dealer receives nothing.
 */
interface Roles {
  readonly dealer: Rank;
  readonly relay: Rank;
  readonly finisher: Rank;
}

/** Undoing takes the inverses in the opposite order: dealer and finisher change places. */
const forward: Roles = { dealer: 0, relay: 1, finisher: 2 };
const backward: Roles = { dealer: 2, relay: 1, finisher: 0 };

/** For so many rows of so many words. */
export const shuffleCost = (rows: number, words = 1): Cost => {
  const bytes = 8 * rows * words;
  return { rounds: 2, bytes: [bytes, 2 * bytes, bytes] };
};

/**
 * The rows of all columns in a new order that no party knows, each order as likely. Columns are [rows, ...]: rows of
 * several columns stay together. `shuffleCost` says what it takes.
 */
export const shuffle = async (session: Session, op: Op, columns: readonly Share[]): Promise<Share[]> => {
  const permutation = secretPermutation(session, op.at(1), rowsOf(columns));
  try {
    return await permute(session, op.at(2), permutation, columns);
  } finally {
    permutation.dispose();
  }
};

/** As `shuffle`, by a permutation drawn before: the same for several tables. */
export const permute = (
  session: Session,
  op: Op,
  permutation: SecretPermutation,
  columns: readonly Share[],
): Promise<Share[]> =>
  apply(session, op, { roles: forward, rows: permutation.rows, with: permutation.with }, columns);

/** Undoes `permute`; costs the same. */
export const permuteBack = async (
  session: Session,
  op: Op,
  permutation: SecretPermutation,
  columns: readonly Share[],
): Promise<Share[]> => {
  const { rank } = session;
  const inverses = new Map([0, 1, 2].filter((r) => r !== rank).map((r) => [r, inverse(permutation.with(r))]));
  try {
    const by = { roles: backward, rows: permutation.rows, with: (peer: Rank) => inverses.get(peer)! };
    return await apply(session, op, by, columns);
  } finally {
    for (const p of inverses.values()) p.dispose();
  }
};

interface Way extends Pick<SecretPermutation, 'rows' | 'with'> {
  readonly roles: Roles;
}

const apply = async (session: Session, op: Op, way: Way, columns: readonly Share[]): Promise<Share[]> => {
  const rows = rowsOf(columns);
  if (rows !== way.rows) {
    throw new TriadError('bad-argument', `a permutation of ${way.rows} rows cannot order ${rows}`);
  }
  using scope = tensorScope();
  const x = scope.own(toMatrix(columns));
  const { dealer, relay } = way.roles;
  const play = session.rank === dealer ? deal : session.rank === relay ? pass : finish;
  const y = scope.own(await play(session, op, way, x));
  return fromMatrix(y, columns);
};

const deal = async (session: Session, op: Op, { roles, with: by }: Way, x: Share): Promise<Share> => {
  using scope = tensorScope();
  const { relay, finisher } = roles;
  const stream = (at: Op, peer: Rank): Tensor => scope.own(drawn(at, session.pair(peer), x.a.shape));
  const sum = scope.own(add(x.a, x.b));
  const mask = stream(op, relay);
  add(sum, mask, sum);
  const once = scope.own(takeRows(sum, by(relay)));
  const twice = scope.own(takeRows(once, by(finisher)));
  const second = stream(op, finisher);
  add(twice, second, twice);
  op.send(relay, twice.toBytes());
  scope.free(sum, mask, once, twice, second);
  const fromRelay = stream(op.at(0), relay);
  return scope.release(held(session.rank, relay, fromRelay, stream(op.at(0), finisher)));
};

const pass = async (session: Session, op: Op, { roles, with: by }: Way, x: Share): Promise<Share> => {
  using scope = tensorScope();
  const { dealer, finisher } = roles;
  const mask = scope.own(drawn(op, session.pair(dealer), x.a.shape));
  sub(componentWith(session.rank, finisher, x), mask, mask);
  const once = scope.own(takeRows(mask, by(dealer)));
  op.send(finisher, once.toBytes());
  const rest = scope.own(Tensor.fromBytes(x.a.shape, await op.recv(dealer, 8 * x.a.size)));
  return join(session, op.at(0), { dealer, other: finisher }, takeRows(rest, by(finisher)));
};

const finish = async (session: Session, op: Op, { roles, with: by }: Way, x: Share): Promise<Share> => {
  using scope = tensorScope();
  const { dealer, relay } = roles;
  const once = scope.own(Tensor.fromBytes(x.a.shape, await op.recv(relay, 8 * x.a.size)));
  const twice = scope.own(takeRows(once, by(dealer)));
  const mask = scope.own(drawn(op, session.pair(dealer), x.a.shape));
  sub(twice, mask, twice);
  return join(session, op.at(0), { dealer, other: relay }, takeRows(twice, by(relay)));
};

/** Each sends its part minus the component it has with the dealer; the sum of both is the third. Takes the part over. */
const join = async (
  session: Session,
  op: Op,
  { dealer, other }: { readonly dealer: Rank; readonly other: Rank },
  part: Tensor,
): Promise<Share> => {
  using scope = tensorScope(part);
  const component = scope.own(drawn(op, session.pair(dealer), part.shape));
  sub(part, component, part);
  op.send(other, part.toBytes());
  const rest = Tensor.fromBytes(part.shape, await op.recv(other, 8 * part.size));
  add(rest, part, rest);
  return scope.release(held(session.rank, dealer, component, rest));
};

/** The component this party has in common with a peer: with the next party it is `b`. */
const componentWith = (rank: Rank, peer: Rank, x: Share): Tensor => (peer === next(rank) ? x.b : x.a);

/** The share of a party whose component with one peer is `mine`, with the other `rest`. */
const held = (rank: Rank, peer: Rank, mine: Tensor, rest: Tensor): Share =>
  peer === next(rank) ? { a: rest, b: mine } : { a: mine, b: rest };
