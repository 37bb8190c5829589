import { bilinear, type Linear, linear } from '@triad/ring';
import { scaleBy, sumOf } from '../interpret/arithmetic.js';
import type { NdArray } from '../nd-array.js';
import { type BoundShape, broadcastShapes, countElements, sameShape } from '../shape.js';
import type { Emitter } from './emitter.js';
import { integerExtra } from './instruction.js';
import { makeValue, mergeTerms, registerTerm, scaleTerms, type Term, type Value } from './value.js';

/** x + sign * y. */
export const combine = (shape: BoundShape, x: Value, y: Value, sign: 1 | -1): Value => {
  const other = scaled(y, sign);
  return makeValue(shape, mergeTerms(x.terms, other.terms), addOpen(x.open, other.open));
};

const addOpen = (x: NdArray | undefined, y: NdArray | undefined): NdArray | undefined =>
  x === undefined || y === undefined
    ? (x ?? y)
    : sumOf(broadcastShapes(x.shape, y.shape) as BoundShape, x, y);

export const scaled = ({ shape, terms, open }: Value, factor: number): Value =>
  makeValue(shape, scaleTerms(terms, factor), open && scaleBy(open, factor));

/** Broadcasting waits until somebody needs the elements. */
export const broadcast = (value: Value, shape: BoundShape): Value => ({ ...value, shape });

/** A map of one input, term by term; `open` is the map's result on the public part. */
export const mapped = (emitter: Emitter, map: Linear, value: Value, to: BoundShape, open?: NdArray): Value =>
  makeValue(
    to,
    value.terms.map((term) => mapTerm(emitter, map, emitter.widen(term, value.shape), to)),
    open,
  );

/** Products take the map before they are truncated, unless it makes them larger. */
const mapTerm = (emitter: Emitter, map: Linear, term: Term, shape: BoundShape): Term => {
  if (term.kind === 'register') {
    return { ...term, shape, register: emitter.emit({ op: 'linear', map, inputs: [term.register] }, shape) };
  }
  if (countElements(shape) > countElements(term.shape)) {
    const register = emitter.materialise({ shape: term.shape, terms: [term] });
    return registerTerm(emitter.emit({ op: 'linear', map, inputs: [register] }, shape), shape);
  }
  if (isDot(emitter, map, term, shape)) return { ...term, map: bilinear.dot(), elements: 1, shape };
  return { ...term, after: [...term.after, map], shape };
};

/** The sum of all products of two values of one shape is their dot product. */
const isDot = (
  { instructions }: Emitter,
  map: Linear,
  { map: product, after, x, y }: Extract<Term, { kind: 'product' }>,
  shape: BoundShape,
): boolean =>
  product.name === 'mul' &&
  map.name === 'sum' &&
  after.length === 0 &&
  shape.length === 0 &&
  sameShape(instructions[x]!.shape, instructions[y]!.shape);

/** Values side by side; integers stay integers. */
export const concatenated = (
  emitter: Emitter,
  values: readonly Value[],
  axis: number,
  shape: BoundShape,
): Value => {
  const map = linear.concat(axis);
  const settled = values.map((value) => emitter.settle(value));
  const terms = settled.flatMap((value) => value.terms).filter((term) => term.kind === 'register');
  const whole =
    terms.length === values.length && terms.every((t) => t.extra === integerExtra && t.factor === 1);
  const inputs = whole
    ? terms.map((term, i) => emitter.spread(term, values[i]!.shape))
    : settled.map((value) => emitter.materialise(value));
  const register = emitter.emit({ op: 'linear', map, inputs }, shape);
  return { shape, terms: [registerTerm(register, shape, whole ? integerExtra : 0)] };
};
