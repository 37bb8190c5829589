import type { CostModel, Op, Prf, Protocol, Rank, Scheme, Session } from '@triad/protocol';
import {
  add,
  type Bilinear,
  type Linear,
  neg,
  type Shape,
  shiftRightArithmetic,
  size,
  sub,
  Tensor,
} from '@triad/ring';

/** One party's share: x = x_0 + x_1 + x_2, party i holding a = x_i and b = x_{i+1}. */
interface Share {
  readonly a: Tensor;
  readonly b: Tensor;
}

/** A protocol of one's own: replicated sharing (Araki et al., CCS 2016) with ABY3's first truncation. */
export const replicated = (): Scheme<Share> => ({
  name: 'replicated',
  parties: 3,
  claim: { adversary: 'semi-honest', corrupted: 1 },
  parameters: {},
  cost,
  party: (session) => new Replicated(session),
});

const sent = (n: number, ...words: readonly number[]) => ({ rounds: 1, bytes: words.map((k) => 8 * n * k) });

/** Rounds, and bytes sent by each party, for n elements: the suite measures them. */
const cost: CostModel = {
  share: (n, owner) => sent(n, ...[0, 1, 2].map((r) => (r === owner ? 4 : 0))),
  reveal: (n, to) => sent(n, ...[0, 1, 2].map((r) => (to === 'all' || to === (r + 1) % 3 ? 1 : 0))),
  bilinear: (n) => sent(n, 1, 1, 1),
  truncate: (n) => sent(n, 1, 0, 0),
  bilinearTruncate: (n) => ({ ...sent(n, 2, 1, 1), rounds: 2 }),
};

const draw = (op: Op, key: Prf, shape: Shape): Tensor => {
  const out = Tensor.empty(shape);
  op.draw(key, out);
  return out;
};

const receive = async (op: Op, from: Rank, shape: Shape): Promise<Tensor> =>
  Tensor.fromBytes(shape, await op.recv(from, size(shape) * 8));

class Replicated implements Protocol<Share> {
  readonly name = 'replicated';
  readonly parties = 3;
  readonly claim = { adversary: 'semi-honest', corrupted: 1 } as const;
  readonly cost = cost;
  readonly rank: Rank;
  readonly #next: Rank;
  readonly #previous: Rank;

  constructor(private readonly session: Session) {
    this.rank = session.rank;
    this.#next = (this.rank + 1) % 3;
    this.#previous = (this.rank + 2) % 3;
  }

  shape({ a }: Share): Shape {
    return a.shape;
  }

  /** Two random components, and what is missing; every party gets its two. */
  async share(op: Op, owner: Rank, x: Tensor | Shape): Promise<Share> {
    if (!(x instanceof Tensor))
      return { a: await receive(op.at(0), owner, x), b: await receive(op.at(1), owner, x) };
    const [x0, x1] = [draw(op.at(0), this.session.own, x.shape), draw(op.at(1), this.session.own, x.shape)];
    const rest = sub(x, x0);
    const parts = [x0, x1, sub(rest, x1, rest)];
    for (const r of [this.#next, this.#previous]) {
      op.at(0).send(r, parts[r]!.toBytes());
      op.at(1).send(r, parts[(r + 1) % 3]!.toBytes());
    }
    parts[this.#previous]!.dispose();
    return { a: parts[this.rank]!, b: parts[this.#next]! };
  }

  /** The next party lacks this party's `a`. */
  async reveal(op: Op, { a, b }: Share, to: Rank | 'all' = 'all'): Promise<Tensor | undefined> {
    if (to === 'all' || to === this.#next) op.send(this.#next, a.toBytes());
    if (to !== 'all' && to !== this.rank) return undefined;
    const missing = await receive(op, this.#previous, a.shape);
    return add(add(missing, a, missing), b, missing);
  }

  linear(f: Linear, ...xs: readonly Share[]): Share {
    return { a: f.apply(...xs.map((x) => x.a)), b: f.apply(...xs.map((x) => x.b)) };
  }

  /** c is x_0, which parties 0 and 2 hold. */
  constant(c: Tensor): Share {
    const part = (holder: Rank) => (this.rank === holder ? c.reshape(c.shape) : Tensor.zeros(c.shape));
    return { a: part(0), b: part(2) };
  }

  addPublic({ a, b }: Share, c: Tensor): Share {
    const part = (holder: Rank, x: Tensor) => (this.rank === holder ? add(x, c) : x.reshape(x.shape));
    return { a: part(0, a), b: part(2, b) };
  }

  /** The products of what is held, under a mask of which all three sum to zero. */
  async bilinear(op: Op, f: Bilinear, x: Share, y: Share): Promise<Share> {
    const z = f.apply(x.b, y.a, f.apply(x.a, y.b, f.apply(x.a, y.a)));
    for (const [key, apply] of [
      [this.#previous, add],
      [this.#next, sub],
    ] as const) {
      const mask = draw(op, this.session.pair(key), z.shape);
      apply(z, mask, z);
      mask.dispose();
    }
    op.send(this.#previous, z.toBytes());
    return { a: z, b: await receive(op, this.#next, z.shape) };
  }

  /** x_0 + x_1 rounded down by party 0, x_2 rounded up by parties 1 and 2. Wrong with probability |x| / 2^64. */
  async truncate(op: Op, { a, b }: Share, bits: number): Promise<Share> {
    if (this.rank === 0) {
      const sum = add(a, b);
      const x0 = draw(op, this.session.pair(2), a.shape);
      const x1 = sub(shiftRightArithmetic(sum, bits, sum), x0, sum);
      op.send(1, x1.toBytes());
      return { a: x0, b: x1 };
    }
    const negated = neg(this.rank === 1 ? b : a);
    const x2 = neg(shiftRightArithmetic(negated, bits, negated), negated);
    if (this.rank === 1) return { a: await receive(op, 0, a.shape), b: x2 };
    return { a: x2, b: draw(op, this.session.pair(0), a.shape) };
  }

  dispose({ a, b }: Share): void {
    a.dispose();
    b.dispose();
  }
}
