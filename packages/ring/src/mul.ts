import { add, mul, mulAdd } from './elementwise.js';
import { RingError } from './error.js';
import type { Form } from './form.js';
import { kernels } from './kernel.js';
import { broadcastShapes, equalShapes, format } from './shape.js';
import { sumTo } from './sum.js';
import type { Tensor } from './tensor.js';

/** out += a b, summed over the axes along which `out` is broadcast. */
const accumulate = (a: Tensor, b: Tensor, out: Tensor): void => {
  if (equalShapes(broadcastShapes(a.shape, b.shape), out.shape)) {
    mulAdd(a, b, out);
    return;
  }
  const products = mul(a, b);
  const sums = sumTo(products, out.shape);
  products.dispose();
  add(out, sums, out);
  sums.dispose();
};

/** The sum of x y z over the broadcast shape of x and y, which is that of z. */
export const mulForm: Form = {
  name: 'mul',
  attributes: {},
  elementwise: true,
  shape: broadcastShapes,
  accumulate: {
    x: (x, y, z) => accumulate(z, y, x),
    y: (x, y, z) => accumulate(x, z, y),
    z: (x, y, z) => accumulate(x, y, z),
  },
};

/** <x, y> z for a scalar z. */
export const dotForm: Form = {
  name: 'dot',
  attributes: {},
  shape: (x, y) => {
    if (!equalShapes(x, y))
      throw new RingError('shape', `dot takes equal shapes; got ${format(x)} and ${format(y)}`);
    return [];
  },
  accumulate: {
    x: (x, y, z) => void mulAdd(y, z, x),
    y: (x, y, z) => void mulAdd(x, z, y),
    z: (x, y, z) => kernels().dot(x.ptr, y.ptr, z.ptr, x.size),
  },
};
