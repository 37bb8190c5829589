import {
  add,
  type Bilinear,
  type Linear,
  linear,
  type Shape,
  shiftRight,
  shiftRightArithmetic,
  size,
  sub,
  Tensor,
} from '@triad/ring';
import type { Rank } from './channel.js';
import { TriadError } from './error.js';
import { plainParts } from './part.js';
import type { Client, Cost, CostModel, Protocol, Scheme } from './protocol.js';
import type { Op, Session } from './session.js';
import { checkThresholds } from './threshold.js';

/**
 * The plaintext protocol: every party holds the value itself. It protects nothing; it is the oracle of tests and the
 * debug mode of users. Truncation rounds half up, exactly.
 */
export const plain = (parties = 1): Scheme<Tensor> => ({
  name: 'plain',
  parties,
  claim: { adversary: 'none', corrupted: 0 },
  cost: plainCost(parties),
  parameters: {},
  parts: plainParts(parties),
  party: (session) => new Plain(session, plainCost(parties)),
  client: (session) => new PlainClient(session),
});

const free = (parties: number): Cost => ({ rounds: 0, bytes: Array.from({ length: parties }, () => 0) });

/** Sharing is a broadcast and revealing to an outside party one message; everything else is local. */
const plainCost = (parties: number): CostModel => {
  const none = free(parties);
  const from = (rank: Rank, messages: number, elements: number): Cost => ({
    rounds: messages > 0 ? 1 : 0,
    bytes: none.bytes.map((_, r) => (r === rank ? messages * elements * 8 : 0)),
  });
  return {
    share: (elements, owner) =>
      owner < parties ? from(owner, parties - 1, elements) : { ...none, rounds: 1 },
    reveal: (elements, to) => (to === 'all' || to < parties ? none : from(0, 1, elements)),
    bilinear: () => none,
    truncate: () => none,
    bilinearTruncate: () => none,
    random: () => none,
    below: () => none,
  };
};

class Plain implements Protocol<Tensor> {
  readonly name = 'plain';
  readonly claim = { adversary: 'none', corrupted: 0 } as const;

  constructor(
    private readonly session: Session,
    readonly cost: CostModel,
  ) {}

  get rank(): Rank {
    return this.session.rank;
  }

  get parties(): number {
    return this.session.parties;
  }

  shape(x: Tensor): Shape {
    return x.shape;
  }

  async share(op: Op, owner: Rank, x: Tensor | Shape): Promise<Tensor> {
    if (!(x instanceof Tensor)) return Tensor.fromBytes(x, await op.recv(owner, size(x) * 8));
    if (owner !== this.rank)
      throw new TriadError('bad-argument', `party ${this.rank} cannot share as ${owner}`);
    for (let r = 0; r < this.parties; r++) if (r !== this.rank) op.send(r, x.toBytes());
    return x.reshape(x.shape);
  }

  async reveal(op: Op, x: Tensor, to: Rank | 'all' = 'all'): Promise<Tensor | undefined> {
    if (to !== 'all' && to >= this.parties && this.rank === 0) op.send(to, x.toBytes());
    return to === 'all' || to === this.rank ? x.reshape(x.shape) : undefined;
  }

  linear(f: Linear, ...xs: readonly Tensor[]): Tensor {
    return f.apply(...xs);
  }

  constant(c: Tensor): Tensor {
    return c.reshape(c.shape);
  }

  addPublic(x: Tensor, c: Tensor): Tensor {
    return linear.add().apply(x, c);
  }

  async bilinear(_op: Op, f: Bilinear, x: Tensor, y: Tensor): Promise<Tensor> {
    return f.apply(x, y);
  }

  async truncate(_op: Op, x: Tensor, bits: number): Promise<Tensor> {
    if (bits === 0) return x.reshape(x.shape);
    const half = Tensor.from([], [1n << BigInt(bits - 1)]);
    const rounded = add(x, half);
    half.dispose();
    return shiftRightArithmetic(rounded, bits, rounded);
  }

  async random(op: Op, shape: Shape, bits: number): Promise<Tensor> {
    const words = Tensor.empty(shape);
    op.draw(this.session.common, words);
    return shiftRightArithmetic(words, 64 - bits, words);
  }

  async below(
    _op: Op,
    x: Tensor,
    thresholds: readonly bigint[],
    after: readonly Linear[] = [],
  ): Promise<Tensor> {
    checkThresholds(thresholds, this.rank);
    let bits = signBits(x, thresholds);
    for (const f of after) {
      const mapped = f.apply(bits);
      bits.dispose();
      bits = mapped;
    }
    return bits;
  }

  dispose(x: Tensor): void {
    x.dispose();
  }
}

/** The top bits of x - t, t by t. */
const signBits = (x: Tensor, thresholds: readonly bigint[]): Tensor => {
  const column = Tensor.from([thresholds.length, ...x.shape.map(() => 1)], thresholds);
  const difference = sub(x, column);
  column.dispose();
  return shiftRight(difference, 63, difference);
};

class PlainClient implements Client {
  constructor(private readonly session: Session) {}

  get rank(): Rank {
    return this.session.rank;
  }

  share(op: Op, x: Tensor): void {
    for (let r = 0; r < this.session.parties; r++) op.send(r, x.toBytes());
  }

  async reveal(op: Op, shape: Shape): Promise<Tensor> {
    return Tensor.fromBytes(shape, await op.recv(0, size(shape) * 8));
  }
}
