import {
  type Client,
  type CostModel,
  checkThresholds,
  type Op,
  type Product,
  type Protocol,
  type Rank,
  type Scheme,
  type Session,
  TriadError,
} from '@triad/protocol';
import { add, type Bilinear, type Linear, type Shape, Tensor } from '@triad/ring';
import { below } from './comparison/below.js';
import { costModel } from './cost.js';
import { sendClient, share } from './input.js';
import { parts, refresh } from './part.js';
import { applyAll, localProduct, reshare } from './product.js';
import { random } from './random.js';
import { receiveClient, reveal } from './reveal.js';
import { disposeShare, parties, type Share } from './share.js';
import { exact } from './truncation/exact.js';
import { local } from './truncation/local.js';
import { probabilistic } from './truncation/probabilistic.js';
import type { Truncation } from './truncation/truncation.js';

export interface Aby3Options {
  /**
   * How products are scaled back. `probabilistic` (the default): 2 rounds, unbiased, off by less than one unit, for
   * |x| < 2^62. `exact`: 4 rounds, rounds half up. A bound on |x| before truncation of at most 2^24 allows 1 round.
   */
  readonly truncation?: 'probabilistic' | 'exact' | { readonly magnitudeBits: number };
}

const claim = { adversary: 'semi-honest', corrupted: 1 } as const;

/**
 * Three-party replicated secret sharing over Z_2^64 (Mohassel, Rindal: ABY3, CCS 2018; Araki et al., CCS 2016), secure
 * against one semi-honest party.
 */
export const aby3 = (options: Aby3Options = {}): Scheme<Share> => {
  const truncation = select(options.truncation ?? 'probabilistic');
  const cost = costModel(truncation);
  return {
    name: 'aby3',
    parties,
    claim,
    cost,
    parts,
    parameters: { ring: 'Z_2^64', truncation: truncation.name },
    party: (session) => new Aby3(session, truncation, cost),
    client: (session) => new Aby3Client(session),
  };
};

const select = (truncation: NonNullable<Aby3Options['truncation']>): Truncation => {
  if (truncation === 'probabilistic') return probabilistic;
  if (truncation === 'exact') return exact;
  return local(truncation.magnitudeBits);
};

class Aby3 implements Protocol<Share> {
  readonly name = 'aby3';
  readonly parties = parties;
  readonly claim = claim;
  readonly rank: Rank;

  constructor(
    private readonly session: Session,
    private readonly truncation: Truncation,
    readonly cost: CostModel,
  ) {
    if (session.parties !== parties) {
      throw new TriadError(
        'bad-argument',
        `aby3 takes three computing parties; the session has ${session.parties}`,
      );
    }
    this.rank = session.rank;
  }

  shape(x: Share): Shape {
    return x.a.shape;
  }

  share(op: Op, owner: Rank, x: Tensor | Shape): Promise<Share> {
    return share(this.session, op, owner, x);
  }

  reveal(op: Op, x: Share, to: Rank | 'all' = 'all'): Promise<Tensor | undefined> {
    return reveal(this.session, op, x, to);
  }

  linear(f: Linear, ...xs: readonly Share[]): Share {
    return { a: f.apply(...xs.map((x) => x.a)), b: f.apply(...xs.map((x) => x.b)) };
  }

  /** A public value is component 0. */
  constant(c: Tensor): Share {
    const value = () => c.reshape(c.shape);
    const zero = () => Tensor.zeros(c.shape);
    return { a: this.rank === 0 ? value() : zero(), b: this.rank === 2 ? value() : zero() };
  }

  addPublic(x: Share, c: Tensor): Share {
    const same = (part: Tensor) => part.reshape(part.shape);
    return { a: this.rank === 0 ? add(x.a, c) : same(x.a), b: this.rank === 2 ? add(x.b, c) : same(x.b) };
  }

  bilinear(op: Op, f: Bilinear, x: Share, y: Share): Promise<Share> {
    return reshare(this.session, op, localProduct(this.rank, f, x, y));
  }

  async truncate(op: Op, x: Share, bits: number): Promise<Share> {
    if (bits === 0) return { a: x.a.reshape(x.a.shape), b: x.b.reshape(x.b.shape) };
    this.#checkBits(bits);
    return this.truncation.apply(this.session, op, x.a, bits);
  }

  async bilinearTruncate(op: Op, product: Product<Share>, bits: number): Promise<Share> {
    this.#checkBits(bits);
    const z = applyAll(product.after ?? [], localProduct(this.rank, product.map, product.x, product.y));
    if (bits === 0) return reshare(this.session, op, z);
    try {
      return await this.truncation.apply(this.session, op, z, bits);
    } finally {
      z.dispose();
    }
  }

  #checkBits(bits: number): void {
    const { maxBits } = this.truncation;
    if (Number.isInteger(bits) && bits >= 0 && bits <= maxBits) return;
    throw new TriadError('bad-argument', `truncation cuts 0 to ${maxBits} bits; got ${bits}`, {
      party: this.rank,
    });
  }

  async random(op: Op, shape: Shape, bits: number): Promise<Share> {
    if (!(Number.isInteger(bits) && bits > 0 && bits <= 64)) {
      throw new TriadError('bad-argument', `random integers have 1 to 64 bits; got ${bits}`, {
        party: this.rank,
      });
    }
    return random(this.session, op, shape, bits);
  }

  async below(
    op: Op,
    x: Share,
    thresholds: readonly bigint[],
    after: readonly Linear[] = [],
  ): Promise<Share> {
    checkThresholds(thresholds, this.rank);
    return below(this.session, op, { x, thresholds, after });
  }

  refresh(op: Op, x: Share): Share {
    return refresh(this.session, op, x);
  }

  dispose(x: Share): void {
    disposeShare(x);
  }
}

class Aby3Client implements Client {
  readonly rank: Rank;

  constructor(private readonly session: Session) {
    this.rank = session.rank;
  }

  share(op: Op, x: Tensor): void {
    sendClient(this.session, op, x);
  }

  reveal(op: Op, shape: Shape): Promise<Tensor> {
    return receiveClient(op, shape);
  }
}
