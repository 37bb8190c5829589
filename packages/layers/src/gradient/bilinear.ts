import type { Attributes, Node } from '../node/node.js';
import { mul, sumTo } from '../op.js';
import { isKind, type Variable } from '../program.js';
import type { GradientFamily, Gradients, Place } from './rule.js';

/**
 * B(x, y) is linear in each argument, so its gradients are its adjoints: <g, B(x, y)> = <adjoint_x(g, y), x> =
 * <adjoint_y(x, g), y>. An adjoint is bilinear itself, and its own gradients come from the same three maps.
 */
const product = (node: Node<'matmul' | 'conv2d'>, { inputs: [x, y], gradient: g }: Place): Gradients => [
  () => adjoint(node.id, 'x', [g, y!]),
  () => adjoint(node.id, 'y', [x!, g]),
];

const adjoint = (of: number, side: 'x' | 'y', [a, b]: readonly [Variable, Variable]): Variable =>
  a.program.append('adjoint', [a, b], { of, side });

/** The product that an adjoint belongs to, of other arguments. */
const again = (of: Node, x: Variable, y: Variable): Variable => {
  if (isKind(of, 'conv2d')) return x.program.append('conv2d', [x, y], of.attributes);
  return x.program.append('matmul', [x, y], of.attributes as Attributes['matmul']);
};

export const bilinear: GradientFamily<'mul' | 'matmul' | 'conv2d' | 'adjoint'> = {
  mul: (_, { inputs: [x, y], gradient }) => [
    () => sumTo(mul(gradient, y!), x!.shape),
    () => sumTo(mul(gradient, x!), y!.shape),
  ],
  matmul: product,
  conv2d: product,
  adjoint: ({ attributes: { of, side } }, { inputs: [a, b], gradient: u }) => {
    const node = u.program.nodes[of]!;
    if (side === 'x') return [() => again(node, u, b!), () => adjoint(of, 'y', [u, a!])];
    return [() => adjoint(of, 'x', [b!, u]), () => again(node, a!, u)];
  },
};
