import { linear } from '@triad/ring';
import { broadcastOf } from '../interpret/arithmetic.js';
import { misuse } from '../misuse.js';
import { NdArray } from '../nd-array.js';
import { type BoundShape, broadcastShapes, countElements, sameShape } from '../shape.js';
import { encodeFactor } from './factor.js';
import {
  factorBits,
  fractionBits,
  type Instruction,
  integerExtra,
  maxTruncation,
  type Operation,
  productFactorBits,
} from './instruction.js';
import { isWhole, type RegisterTerm, registerTerm, type Term, type Value } from './value.js';

type ProductTerm = Extract<Term, { kind: 'product' }>;

/** A register to be added or subtracted. */
interface Part {
  readonly register: number;
  readonly negative: boolean;
}

/** Collects instructions, and turns pending values into registers. */
export class Emitter {
  readonly instructions: Instruction[] = [];
  /** The node that instructions are emitted for. */
  node = 0;
  /** Scaled and truncated registers, by what was scaled: values used several times are truncated once. */
  readonly #scaled = new Map<string, number>();

  emit(operation: Operation, shape: BoundShape): number {
    this.instructions.push({ ...operation, shape, node: this.node });
    return this.instructions.length - 1;
  }

  /** The value as one register at scale f. */
  materialise({ terms, open, shape }: Value): number {
    const parts = terms.flatMap((term) => (term.kind === 'product' ? [this.#product(term)] : []));
    for (const group of likeTerms(terms)) parts.push(...this.#group(group));
    const value = open ?? new NdArray([]);
    if (parts.length === 0) return this.emit({ op: 'constant', value: filled(value, shape) }, shape);
    const sum = this.#broadcast(this.#combine(parts), shape);
    return value.data.every((v) => v === 0)
      ? sum
      : this.emit({ op: 'addPublic', input: sum, value, bits: fractionBits }, shape);
  }

  /** The value as one register term, at scale f or integer, with a pending factor; a public value stays as it is. */
  settle(value: Value): Value {
    const { terms, open, shape } = value;
    if (terms.length === 0) return value;
    const whole = open === undefined ? this.#settled(terms, shape) : this.#integer(terms, open, shape);
    return { shape, terms: [whole ?? registerTerm(this.materialise(value), shape)] };
  }

  /** Terms that are one register but for a factor. */
  #settled(terms: readonly Term[], shape: BoundShape): RegisterTerm | undefined {
    const [first] = terms;
    if (terms.length === 1 && first?.kind === 'product') return this.#settledBits(first, shape);
    const [group, ...others] = likeTerms(terms);
    if (group === undefined || others.length > 0 || terms.some((t) => t.kind === 'product')) return undefined;
    const { factor, extra } = group[0]!;
    if (extra !== 0 && extra !== integerExtra) return undefined;
    const parts = group.map((t) => ({ register: t.register, negative: t.factor !== factor }));
    const register = this.#broadcast(this.#combine(parts), shape);
    return { ...registerTerm(register, shape, extra), factor };
  }

  /** Bits, added up or taken from 1, stay integers. */
  #integer(terms: readonly Term[], open: NdArray, shape: BoundShape): RegisterTerm | undefined {
    const whole = terms.every((t) => t.extra === integerExtra && Number.isInteger(t.factor));
    if (!whole || !isWhole(open)) return undefined;
    const parts = terms.flatMap((t) => (t.kind === 'register' ? [this.#multiple(t)] : []));
    if (parts.length < terms.length) return undefined;
    const input = this.#broadcast(this.#combine(parts), shape);
    return registerTerm(
      this.emit({ op: 'addPublic', input, value: open, bits: 0 }, shape),
      shape,
      integerExtra,
    );
  }

  #multiple({ register, factor, shape }: RegisterTerm): Part {
    const negative = factor < 0;
    if (Math.abs(factor) === 1) return { register, negative };
    const map = linear.scale(BigInt(Math.abs(factor)));
    return { register: this.emit({ op: 'linear', map, inputs: [register] }, shape), negative };
  }

  /** A product of integers stays one. */
  #settledBits({ extra, factor, ...term }: ProductTerm, shape: BoundShape): RegisterTerm | undefined {
    if (extra !== 2 * integerExtra) return undefined;
    const { map, x, y, elements, after } = term;
    const product = this.emit({ op: 'product', map, x, y, elements, after, bits: 0 }, term.shape);
    return { ...registerTerm(this.#broadcast(product, shape), shape, integerExtra), factor };
  }

  /** A term at the full shape of its value. */
  widen(term: Term, shape: BoundShape): Term {
    if (sameShape(term.shape, shape)) return term;
    if (term.kind === 'register') return { ...term, shape, register: this.#broadcast(term.register, shape) };
    return registerTerm(
      this.#broadcast(this.materialise({ shape: term.shape, terms: [term] }), shape),
      shape,
    );
  }

  /** The register of a term at the full shape of its value, at the scale it has. */
  spread({ register }: RegisterTerm, shape: BoundShape): number {
    return this.#broadcast(register, shape);
  }

  /** A product, computed and truncated with its factor. The sign is left to whoever adds it. */
  #product({ map, x, y, elements, after, extra, shape, factor }: ProductTerm): Part {
    const { integer, bits } = scaling(factor, fractionBits + extra, productFactorBits);
    const maps = integer === 1n ? after : [...after, linear.scale(integer)];
    return {
      register: this.emit({ op: 'product', map, x, y, elements, after: maps, bits }, shape),
      negative: factor < 0,
    };
  }

  /** Registers of one scale and factor (but for the sign): added first, then scaled and truncated once. */
  #group(group: readonly RegisterTerm[]): Part[] {
    const { factor, extra } = group[0]!;
    const signed = group.map((t) => ({ register: t.register, negative: t.factor < 0 }));
    if (extra === 0 && Math.abs(factor) === 1) return signed;
    const { negative } = signed[0]!;
    const sum = this.#combine(signed.map((p) => ({ ...p, negative: p.negative !== negative })));
    const key = `${sum} ${extra} ${Math.abs(factor)}`;
    const register = this.#scaled.get(key) ?? this.#scale(sum, extra, Math.abs(factor));
    this.#scaled.set(key, register);
    return [{ register, negative }];
  }

  /** factor * register / 2^extra. */
  #scale(register: number, extra: number, factor: number): number {
    const shape = this.#shape(register);
    const { integer, bits } = scaling(factor, extra, extra > 0 ? productFactorBits : factorBits);
    const map = linear.scale(integer);
    const scaled = integer === 1n ? register : this.emit({ op: 'linear', map, inputs: [register] }, shape);
    return bits === 0 ? scaled : this.emit({ op: 'truncate', input: scaled, bits }, shape);
  }

  #combine(parts: readonly Part[]): number {
    const [first, ...rest] = [...parts].sort((a, b) => Number(a.negative) - Number(b.negative));
    if (first === undefined) throw misuse('an empty sum has no register', 'sum at least one value');
    let { register } = first;
    if (first.negative) {
      register = this.emit({ op: 'linear', map: linear.neg(), inputs: [register] }, this.#shape(register));
    }
    for (const part of rest) {
      const shape = broadcastShapes(this.#shape(register), this.#shape(part.register)) as BoundShape;
      const map = part.negative ? linear.sub() : linear.add();
      register = this.emit({ op: 'linear', map, inputs: [register, part.register] }, shape);
    }
    return register;
  }

  #broadcast(register: number, shape: BoundShape): number {
    if (sameShape(this.#shape(register), shape)) return register;
    return this.emit({ op: 'linear', map: linear.broadcastTo(shape), inputs: [register] }, shape);
  }

  #shape(register: number): BoundShape {
    return this.instructions[register]!.shape;
  }
}

/** |factor| / 2^excess as integer / 2^bits, bits not negative. */
const scaling = (factor: number, excess: number, significant: number): { integer: bigint; bits: number } => {
  const { integer, shift } = encodeFactor(Math.abs(factor), significant, maxTruncation - Math.max(0, excess));
  const bits = excess + shift;
  return bits < 0 ? { integer: integer << BigInt(-bits), bits: 0 } : { integer, bits };
};

/** Register terms by scale and size of factor. */
const likeTerms = (terms: readonly Term[]): (readonly RegisterTerm[])[] => {
  const groups: RegisterTerm[][] = [];
  for (const term of terms) {
    if (term.kind === 'product') continue;
    const like = groups.find(
      ([t]) => t!.extra === term.extra && Math.abs(t!.factor) === Math.abs(term.factor),
    );
    if (like === undefined) groups.push([term]);
    else like.push(term);
  }
  return groups;
};

const filled = (value: NdArray, shape: BoundShape): NdArray =>
  value.data.length === countElements(shape) ? new NdArray(shape, value.data) : broadcastOf(value, shape);
