import { type Bilinear, bilinear, encode, type Linear, linear, type Tensor } from '@triad/ring';
import type { NdArray } from '../nd-array.js';
import type { Node } from '../node/node.js';
import { isKind, type Program } from '../program.js';
import type { BoundShape } from '../shape.js';
import { fractionBits } from './instruction.js';

/** Nodes that are one local linear map of one value. */
export type Moving = Node<'sum' | 'reshape' | 'transpose' | 'slice' | 'pad' | 'windows' | 'unwindows'>;

/** The ring's map for a node of one input of shape `x` and result `shape`. */
export const linearMap = (node: Moving, x: BoundShape, shape: BoundShape): Linear => {
  if (isKind(node, 'sum')) return linear.sum(node.attributes.axes, node.attributes.keepDims);
  if (isKind(node, 'transpose')) return linear.transpose(node.attributes.axes);
  if (isKind(node, 'reshape')) return linear.reshape(shape);
  if (isKind(node, 'pad')) return linear.pad(node.attributes.before, node.attributes.after);
  if (isKind(node, 'windows')) return linear.im2col(node.attributes.kernel, node.attributes);
  if (isKind(node, 'unwindows')) return linear.col2im(shape, node.attributes.kernel, node.attributes);
  const { start, end } = (node as Node<'slice'>).attributes;
  return linear.slice(
    start,
    end.map((e, i) => e ?? x[i]!),
  );
};

/** The ring's map for a product; adjoints look at the bound shapes of the product they belong to. */
export const bilinearMap = (
  node: Node<'mul' | 'matmul' | 'conv2d' | 'adjoint'>,
  program: Program,
  shapes: readonly BoundShape[],
): Bilinear => {
  if (isKind(node, 'mul')) return bilinear.mul();
  if (isKind(node, 'matmul')) return bilinear.matmul();
  if (isKind(node, 'conv2d')) return bilinear.conv2d(node.attributes);
  const { of, side } = (node as Node<'adjoint'>).attributes;
  const product = program.nodes[of] as Node<'matmul' | 'conv2d'>;
  const map = bilinearMap(product, program, shapes);
  const [x, y] = product.inputs.map((i) => shapes[i]!) as [BoundShape, BoundShape];
  return side === 'x' ? map.adjointX(x, y) : map.adjointY(x, y);
};

/** A public array, by default at scale f. */
export const encodeArray = ({ data, shape }: NdArray, bits = fractionBits): Tensor =>
  encode(data, shape, bits);

/** A public argument, encoded with so many bits of fraction. */
export interface PublicArgument {
  readonly value: NdArray;
  readonly bits: number;
  readonly side: 'x' | 'y';
}

/** A bilinear map with one public argument: a linear map of the other, whose result has as many bits more. */
export const withPublic = (map: Bilinear, { value, bits, side }: PublicArgument): Linear => ({
  name: `${map.name} with a public argument`,
  attributes: { ...map.attributes, [side]: value.shape },
  shape: (...xs) => (side === 'x' ? map.shape(value.shape, xs[0]!) : map.shape(xs[0]!, value.shape)),
  apply: (...xs) => {
    const c = encodeArray(value, bits);
    const result = side === 'x' ? map.apply(c, xs[0]!) : map.apply(xs[0]!, c);
    c.dispose();
    return result;
  },
});
