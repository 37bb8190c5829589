import * as elementwise from './elementwise.js';
import { RingError } from './error.js';
import * as layout from './layout.js';
import { broadcastShapes, format, type Shape, size } from './shape.js';
import { sum as sumOver, sumShape } from './sum.js';
import type { Tensor } from './tensor.js';
import * as windows from './window.js';

/** What identifies a map beside its name; safe to serialise as JSON. */
export type Attributes = Readonly<Record<string, string | number | boolean | readonly number[]>>;

/** A linear map over Z_2^64, public itself, so that every party applies it to its share. */
export interface Linear {
  readonly name: string;
  readonly attributes: Attributes;
  /** Shape of the result; throws `shape` when the operands do not fit. */
  shape(...xs: readonly Shape[]): Shape;
  /** A new tensor (for some maps a view: dispose it all the same). */
  apply(...xs: readonly Tensor[]): Tensor;
}

type Unary = Pick<Linear, 'name' | 'attributes'> & { shape(x: Shape): Shape; apply(x: Tensor): Tensor };
type BinaryMap = Pick<Linear, 'name' | 'attributes'> & {
  shape(x: Shape, y: Shape): Shape;
  apply(x: Tensor, y: Tensor): Tensor;
};

const operands = <T>(name: string, count: number, xs: readonly T[]): readonly T[] => {
  if (xs.length !== count)
    throw new RingError('bad-argument', `${name} takes ${count} operands; got ${xs.length}`);
  return xs;
};

const unary = (map: Unary): Linear => ({
  name: map.name,
  attributes: map.attributes,
  shape: (...xs) => map.shape(operands(map.name, 1, xs)[0]!),
  apply: (...xs) => map.apply(operands(map.name, 1, xs)[0]!),
});

const binary = (map: BinaryMap): Linear => ({
  name: map.name,
  attributes: map.attributes,
  shape: (...xs) => {
    const [x, y] = operands(map.name, 2, xs);
    return map.shape(x!, y!);
  },
  apply: (...xs) => {
    const [x, y] = operands(map.name, 2, xs);
    return map.apply(x!, y!);
  },
});

const reshaped = (shape: Shape, target: Shape): Shape => {
  if (size(shape) !== size(target))
    throw new RingError('shape', `cannot view ${format(shape)} as ${format(target)}`);
  return target;
};

const flat = (win: windows.Window): Attributes => ({ ...win });

/** Linear maps, by the functions of the same names. */
export const linear = {
  add: (): Linear =>
    binary({ name: 'add', attributes: {}, shape: broadcastShapes, apply: (x, y) => elementwise.add(x, y) }),
  sub: (): Linear =>
    binary({ name: 'sub', attributes: {}, shape: broadcastShapes, apply: (x, y) => elementwise.sub(x, y) }),
  neg: (): Linear =>
    unary({ name: 'neg', attributes: {}, shape: (x) => x, apply: (x) => elementwise.neg(x) }),
  scale: (k: bigint): Linear =>
    unary({
      name: 'scale',
      attributes: { k: BigInt.asIntN(64, k).toString() },
      shape: (x) => x,
      apply: (x) => elementwise.scale(x, k),
    }),
  sum: (axes?: readonly number[], keepDims = false): Linear =>
    unary({
      name: 'sum',
      attributes: axes === undefined ? { keepDims } : { axes, keepDims },
      shape: (x) => sumShape(x, axes, keepDims),
      apply: (x) => sumOver(x, axes, keepDims),
    }),
  reshape: (shape: Shape): Linear =>
    unary({
      name: 'reshape',
      attributes: { shape },
      shape: (x) => reshaped(x, shape),
      apply: (x) => x.reshape(shape),
    }),
  transpose: (axes?: readonly number[]): Linear =>
    unary({
      name: 'transpose',
      attributes: axes === undefined ? {} : { axes },
      shape: (x) => layout.transposeShape(x, axes),
      apply: (x) => layout.transpose(x, axes),
    }),
  slice: (starts: readonly number[], ends: readonly number[]): Linear =>
    unary({
      name: 'slice',
      attributes: { starts, ends },
      shape: (x) => layout.sliceShape(x, starts, ends),
      apply: (x) => layout.slice(x, starts, ends),
    }),
  take: (rows: readonly number[]): Linear =>
    unary({
      name: 'take',
      attributes: { rows },
      shape: (x) => layout.takeShape(x, rows),
      apply: (x) => layout.take(x, rows),
    }),
  /** Of one operand or more. */
  concat: (axis = 0): Linear => ({
    name: 'concat',
    attributes: { axis },
    shape: (...xs) => layout.concatShape(xs, axis),
    apply: (...xs) => layout.concat(xs, axis),
  }),
  pad: (before: readonly number[], after: readonly number[]): Linear =>
    unary({
      name: 'pad',
      attributes: { before, after },
      shape: (x) => layout.padShape(x, before, after),
      apply: (x) => layout.pad(x, before, after),
    }),
  broadcastTo: (shape: Shape): Linear =>
    unary({
      name: 'broadcastTo',
      attributes: { shape },
      shape: (x) => layout.broadcastToShape(x, shape),
      apply: (x) => layout.broadcastTo(x, shape),
    }),
  im2col: (kernel: windows.Pair, options: windows.WindowOptions = {}): Linear => {
    const win = windows.window(kernel, options);
    return unary({
      name: 'im2col',
      attributes: flat(win),
      shape: (x) => windows.im2colShape(x, win),
      apply: (x) => windows.im2col(x, win),
    });
  },
  /** To images of shape `target`, [batch, channels, height, width]. */
  col2im: (target: Shape, kernel: windows.Pair, options: windows.WindowOptions = {}): Linear => {
    const win = windows.window(kernel, options);
    return unary({
      name: 'col2im',
      attributes: { target, ...flat(win) },
      shape: (x) => windows.col2imShape(x, target, win),
      apply: (x) => windows.col2im(x, target, win),
    });
  },
};
