import { accumulate } from './gradient/arithmetic.js';
import { isConstant } from './gradient/rule.js';
import { gradientRules } from './gradient/table.js';
import { misuse } from './misuse.js';
import { dispatch } from './node/node.js';
import { constantIn } from './op.js';
import { type Program, Variable } from './program.js';
import { countElements, formatShape, isBound } from './shape.js';

/**
 * Adds the gradients of a loss (one element) with respect to some values, by reverse accumulation: nodes are visited
 * from the loss backwards, and each passes its gradient on to those inputs that lead to a wanted value.
 * Throws when the loss does not depend on one of them.
 */
export const gradients = (loss: Variable, wanted: readonly Variable[]): Variable[] => {
  const { program, shape, node } = loss;
  if (!isBound(shape) || countElements(shape) !== 1) {
    throw misuse(`'${loss.name}' has shape ${formatShape(shape)}, not one element`, 'take its mean or sum');
  }
  const leads = dependents(program, wanted, node.id);
  const found = new Map([[node.id, constantIn(program, 1, shape)]]);
  for (let id = node.id; id >= 0; id--) if (leads[id] && found.has(id)) passOn(program, id, leads, found);
  return wanted.map((x) => {
    const gradient = found.get(x.node.id);
    if (gradient === undefined) throw misuse(`'${loss.name}' does not depend on '${x.name}'`, 'leave it out');
    return gradient;
  });
};

/** For each node up to the last: does it depend on a wanted one? */
const dependents = (program: Program, wanted: readonly Variable[], last: number): boolean[] => {
  const leads: boolean[] = [];
  for (const node of program.nodes.slice(0, last + 1)) {
    const passes = node.inputs.some((i, k) => leads[i] && !isConstant(node.kind, k));
    leads.push(passes || wanted.some((x) => x.node.id === node.id));
  }
  return leads;
};

const passOn = (
  program: Program,
  id: number,
  leads: readonly boolean[],
  found: Map<number, Variable>,
): void => {
  const node = program.nodes[id]!;
  const inputs = node.inputs.map((i) => new Variable(program, program.nodes[i]!));
  const parts = dispatch(gradientRules, node, { inputs, gradient: found.get(id)! });
  for (const [k, input] of node.inputs.entries()) {
    if (!leads[input] || isConstant(node.kind, k)) continue;
    const part = parts[k]!();
    const before = found.get(input);
    found.set(input, before === undefined ? part : accumulate(before, part));
  }
};
