import { xavierInitializer } from '../initializer.js';
import { misuse } from '../misuse.js';
import type { Initializer } from '../node/node.js';
import { add, constantIn, less, pad, sub } from '../op.js';
import { parameter, type Variable } from '../program.js';
import { formatShape } from '../shape.js';
import { freeName } from './name.js';
import { projection } from './projection.js';

export interface EmbeddingOptions {
  /** One-hot rows [batch, ..., words]; `oneHot` makes them of secret numbers. */
  readonly input: Variable;
  /** Words of the table, and how many numbers each has. */
  readonly size: readonly [words: number, width: number];
  /** How the table starts; default: Xavier, uniform. */
  readonly initializer?: Initializer;
  /** Names the table, `name.w_0`; default `embedding_0`, `embedding_1`, ... */
  readonly name?: string;
}

/** The rows of a table that one-hot rows choose, without telling which: [batch, ..., width]. */
export const embedding = ({ input, size, initializer, name }: EmbeddingOptions): Variable => {
  if (input.shape.length < 2 || input.shape.at(-1) !== size[0]) {
    throw misuse(
      `'${input.name}' of shape ${formatShape(input.shape)} does not choose among ${size[0]} words`,
      'give it one-hot rows as long as the table',
    );
  }
  const table = parameter({
    name: `${name ?? freeName(input.program, 'embedding')}.w_0`,
    shape: [...size],
    initializer: initializer ?? xavierInitializer(...size),
  });
  return projection(input, table);
};

export interface OneHotOptions {
  /** Whole numbers from 0 up to, not including, depth: [batch, ..., 1]. */
  readonly input: Variable;
  readonly depth: number;
}

/** [batch, ..., depth]: 1 at the place a secret number says, 0 elsewhere. One comparison deep. */
export const oneHot = ({ input, depth }: OneHotOptions): Variable => {
  if (input.shape.at(-1) !== 1 || !(Number.isSafeInteger(depth) && depth > 1)) {
    throw misuse(
      `'${input.name}' of shape ${formatShape(input.shape)} cannot be one of ${depth}`,
      'give it [batch, ..., 1], and a depth of at least 2',
    );
  }
  const none = input.shape.map(() => 0);
  const last = none.map((_, i) => (i === none.length - 1 ? 1 : 0));
  const edges = Array.from({ length: depth - 1 }, (_, i) => i + 0.5);
  const below = less(input, constantIn(input.program, edges, [depth - 1]));
  const end = Array.from({ length: depth }, (_, i) => (i === depth - 1 ? 1 : 0));
  const upTo = add(pad(below, none, last), constantIn(input.program, end, [depth]));
  return sub(upTo, pad(below, last, none));
};
