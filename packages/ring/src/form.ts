import type { Attributes } from './linear.js';
import type { Shape } from './shape.js';
import type { Tensor } from './tensor.js';

/** An argument of a trilinear form. */
export type Slot = 'x' | 'y' | 'z';

export const slots = { x: 'x', y: 'y', z: 'z' } as const;

type Accumulate = (x: Tensor, y: Tensor, z: Tensor) => void;

/**
 * A trilinear form T(x, y, z). Leaving one argument open gives a bilinear map of the other two, its gradient by that
 * argument; so a product z = f(x, y) and all its adjoints are three sides of one form, T = <f(x, y), z>.
 */
export interface Form {
  readonly name: string;
  readonly attributes: Attributes;
  /** Whether T is the sum of x_i y_i z_i when all have one shape. */
  readonly elementwise?: boolean;
  /** Shape of z. */
  shape(x: Shape, y: Shape): Shape;
  /** Adds to one argument the gradient of T by it, computed from the other two. */
  readonly accumulate: Readonly<Record<Slot, Accumulate>>;
}
