import { type Op, type Rank, type Session, TriadError } from '@triad/protocol';
import { not, type Shape, type Tensor, xor } from '@triad/ring';
import { tensorScope } from '../scope.js';
import type { Share } from '../share.js';
import { a2b, add } from './add.js';
import { and } from './and.js';
import { b2a, bitInjection } from './b2a.js';
import { booleanCost } from './cost.js';
import { constantBits, revealBits, shareBits } from './input.js';
import { multiply } from './multiply.js';
import { prefixAnd } from './prefix.js';
import {
  type BooleanShare,
  checkMaskable,
  checkShape,
  checkWidth,
  disposeBits,
  joinPlanes,
  mapBits,
  planes,
  width,
  zeroPlanes,
} from './share.js';

/** Bits secretly shared among the computing parties of a session, by the same keys as `aby3`'s numbers. */
export const boolean = (session: Session): Booleans => new Booleans(session);

/**
 * Replicated sharing of bits (Araki et al., CCS 2016; ABY3, section 5) in bit planes, 64 elements a word: one party's view,
 * secure against one semi-honest party. Like a protocol's, its interactive calls take an Op each and new shares are the
 * caller's to dispose. Operands are of one shape, and of one width where nothing else is said. Throws `bad-argument`.
 */
export class Booleans {
  /** Of each call, from numbers of elements and bits. */
  readonly cost = booleanCost;

  constructor(private readonly session: Session) {}

  /** The lowest `bits` of the words; the owner passes the tensor, the others its shape. */
  share(op: Op, owner: Rank, x: Tensor | Shape, bits = 64): Promise<BooleanShare> {
    checkWidth(bits, 'a shared word');
    return shareBits(this.session, op, { owner, bits }, x);
  }

  /** The unsigned numbers, for all or one computing party; undefined at the others. */
  reveal(op: Op, x: BooleanShare, to: Rank | 'all' = 'all'): Promise<Tensor | undefined> {
    return revealBits(this.session, op, x, to);
  }

  /** The lowest `bits` of public words. */
  constant(c: Tensor, bits = 64): BooleanShare {
    checkWidth(bits, 'a public word');
    return constantBits(this.session, c, bits);
  }

  /** One bit goes with all bits of the other. */
  xor(x: BooleanShare, y: BooleanShare): BooleanShare {
    checkMaskable(x, y);
    return mapBits((p, q) => xor(p!, q!), x, y);
  }

  not(x: BooleanShare): BooleanShare {
    const { rank } = this.session;
    const same = (part: Tensor) => part.reshape(part.shape);
    return { shape: x.shape, a: rank === 0 ? not(x.a) : same(x.a), b: rank === 2 ? not(x.b) : same(x.b) };
  }

  /** One bit goes with all bits of the other. */
  and(op: Op, x: BooleanShare, y: BooleanShare): Promise<BooleanShare> {
    return and(this.session, op, x, y);
  }

  /** One bit goes with all bits of the other. */
  async or(op: Op, x: BooleanShare, y: BooleanShare): Promise<BooleanShare> {
    using scope = tensorScope();
    const neither = await this.and(op, scope.own(this.not(x)), scope.own(this.not(y)));
    return this.not(scope.own(neither));
  }

  /** Bits `from` to `to` (exclusive) of each element. */
  slice(x: BooleanShare, from: number, to: number): BooleanShare {
    if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from < to && to <= width(x))) {
      throw new TriadError('bad-argument', `elements of ${width(x)} bits have no bits ${from} to ${to}`);
    }
    return planes(x, from, to);
  }

  /** Bits of some, the low ones, then of others of the same shape: 64 at most. */
  concat(low: BooleanShare, ...higher: readonly BooleanShare[]): BooleanShare {
    const all = [low, ...higher];
    for (const x of higher) checkShape(low, x);
    const bits = all.reduce((sum, x) => sum + width(x), 0);
    checkWidth(bits, 'an element');
    return joinPlanes(...all);
  }

  /** The width stays; zeros come in. */
  shiftLeft(x: BooleanShare, bits: number): BooleanShare {
    checkShift(x, bits);
    return joined(zeroPlanes(x.shape, bits), planes(x, 0, width(x) - bits));
  }

  /** The width stays; zeros come in. */
  shiftRight(x: BooleanShare, bits: number): BooleanShare {
    checkShift(x, bits);
    return joined(planes(x, bits, width(x)), zeroPlanes(x.shape, bits));
  }

  /** The width stays; copies of the top bit come in. */
  shiftRightArithmetic(x: BooleanShare, bits: number): BooleanShare {
    checkShift(x, bits);
    const top = width(x) - 1;
    const signs = Array.from({ length: bits }, () => planes(x, top, top + 1));
    return joined(planes(x, bits, top + 1), ...signs);
  }

  /** Bit j of the result is the or of bits j and above: all ones from the highest one downwards. */
  async prefixOr(op: Op, x: BooleanShare): Promise<BooleanShare> {
    using scope = tensorScope();
    const state = scope.own(joined(this.not(x)));
    await prefixAnd(this.session, op, state);
    return this.not(state);
  }

  /** x + y modulo 2^width. */
  add(op: Op, x: BooleanShare, y: BooleanShare): Promise<BooleanShare> {
    return add(this.session, op, x, y);
  }

  /** The 64 bits of numbers. */
  a2b(op: Op, x: Share): Promise<BooleanShare> {
    return a2b(this.session, op, x);
  }

  /** The unsigned numbers whose bits these are; of 64 bits, words of the ring. */
  b2a(op: Op, x: BooleanShare): Promise<Share> {
    return b2a(this.session, op, x);
  }

  /** Every bit as the number 0 or 1: [width, ...shape]. */
  bitInjection(op: Op, x: BooleanShare): Promise<Share> {
    return bitInjection(this.session, op, x);
  }

  /** x where its bit is 1, 0 where it is 0; one bit of each element. */
  multiply(op: Op, bit: BooleanShare, x: Share): Promise<Share> {
    return multiply(this.session, op, bit, x);
  }

  dispose(x: BooleanShare): void {
    disposeBits(x);
  }
}

/** Planes one upon the other, in memory of their own. Takes the parts over. */
const joined = (...parts: readonly BooleanShare[]): BooleanShare => {
  const out = joinPlanes(...parts);
  disposeBits(...parts);
  return out;
};

const checkShift = (x: BooleanShare, bits: number): void => {
  if (Number.isInteger(bits) && bits >= 0 && bits <= width(x)) return;
  throw new TriadError(
    'bad-argument',
    `elements of ${width(x)} bits are shifted by 0 to ${width(x)}; got ${bits}`,
  );
};
