import { type Conv2dOptions, conv2dForm } from './conv2d.js';
import { RingError } from './error.js';
import { type Form, type Slot, slots } from './form.js';
import type { Attributes } from './linear.js';
import { type MatmulOptions, matmulForm } from './matmul.js';
import { dotForm, mulForm } from './mul.js';
import { equalShapes, format, type Shape } from './shape.js';
import { Tensor } from './tensor.js';

/** A bilinear map over Z_2^64: a product, whatever its inner dimension. */
export interface Bilinear {
  readonly name: string;
  readonly attributes: Attributes;
  /** Whether operands and a result of one shape are multiplied element by element: a kernel may then fuse what it does to them. */
  readonly elementwise?: boolean;
  /** Shape of the result; throws `shape` when the operands do not fit. */
  shape(x: Shape, y: Shape): Shape;
  /** f(x, y) as a new tensor, or added to `into`. */
  apply(x: Tensor, y: Tensor, into?: Tensor): Tensor;
  /** (g, y) -> the gradient of <f(x, y), g> by x, for operands of these shapes. */
  adjointX(x: Shape, y: Shape): Bilinear;
  /** (x, g) -> the gradient of <f(x, y), g> by y. */
  adjointY(x: Shape, y: Shape): Bilinear;
}

/** Which slots of the form the operands fill and which one is the result. */
interface Roles {
  readonly x: Slot;
  readonly y: Slot;
  readonly z: Slot;
}

const contract = (
  form: Form,
  roles: Roles,
  shape: Shape,
  operands: readonly [Tensor, Tensor],
  into?: Tensor,
): Tensor => {
  if (into !== undefined && !equalShapes(into.shape, shape)) {
    throw new RingError(
      'shape',
      `${form.name} adds ${format(shape)} to a tensor of shape ${format(into.shape)}`,
    );
  }
  const out = into ?? Tensor.zeros(shape);
  const filling = (slot: Slot): Tensor =>
    slot === roles.z ? out : slot === roles.x ? operands[0] : operands[1];
  form.accumulate[roles.z](filling('x'), filling('y'), filling('z'));
  return out;
};

/** The map whose three shapes are known, as adjoints need them. */
const bound = (form: Form, roles: Roles, shapes: Readonly<Record<Slot, Shape>>): Bilinear => {
  const shape = (x: Shape, y: Shape): Shape => {
    if (!equalShapes(x, shapes[roles.x]) || !equalShapes(y, shapes[roles.y])) {
      const expected = `${format(shapes[roles.x])} and ${format(shapes[roles.y])}`;
      throw new RingError('shape', `${form.name} takes ${expected}; got ${format(x)} and ${format(y)}`);
    }
    return shapes[roles.z];
  };
  return {
    name: `${form.name}(${roles.x}${roles.y}->${roles.z})`,
    attributes: { ...form.attributes, x: shapes.x, y: shapes.y },
    ...(form.elementwise && { elementwise: true }),
    shape,
    apply: (x, y, into) => contract(form, roles, shape(x.shape, y.shape), [x, y], into),
    adjointX: (x, y) => {
      shape(x, y);
      return bound(form, { x: roles.z, y: roles.y, z: roles.x }, shapes);
    },
    adjointY: (x, y) => {
      shape(x, y);
      return bound(form, { x: roles.x, y: roles.z, z: roles.y }, shapes);
    },
  };
};

/** The map (x, y) -> z of a form. */
const forward = (form: Form): Bilinear => {
  const shapes = (x: Shape, y: Shape) => ({ x, y, z: form.shape(x, y) });
  return {
    name: form.name,
    attributes: form.attributes,
    ...(form.elementwise && { elementwise: true }),
    shape: form.shape,
    apply: (x, y, into) => contract(form, slots, form.shape(x.shape, y.shape), [x, y], into),
    adjointX: (x, y) => bound(form, { x: 'z', y: 'y', z: 'x' }, shapes(x, y)),
    adjointY: (x, y) => bound(form, { x: 'x', y: 'z', z: 'y' }, shapes(x, y)),
  };
};

/** Bilinear maps. */
export const bilinear = {
  /** Element-wise, broadcasting. */
  mul: (): Bilinear => forward(mulForm),
  /** [..., m, k] by [..., k, n]; leading axes broadcast; either operand may come transposed. */
  matmul: (options: MatmulOptions = {}): Bilinear => forward(matmulForm(options)),
  /** The sum of all products of two tensors of one shape: a scalar. */
  dot: (): Bilinear => forward(dotForm),
  /** Images [batch, channels, height, width] by filters [outputs, channels / groups, kh, kw]. */
  conv2d: (options: Conv2dOptions = {}): Bilinear => forward(conv2dForm(options)),
};
