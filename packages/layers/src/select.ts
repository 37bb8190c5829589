import type { Node } from './node/node.js';
import { isKind, type Program } from './program.js';

/** The assignments of a program: what every run does. */
export const assignments = (program: Program): readonly Node<'assign'>[] =>
  program.nodes.filter((node) => isKind(node, 'assign'));

/** For each node: is it needed for one of these? */
export const neededFor = (program: Program, roots: readonly Node[]): readonly boolean[] => {
  const needed = program.nodes.map(() => false);
  for (const root of roots) needed[root.id] = true;
  for (let id = program.nodes.length - 1; id >= 0; id--) {
    if (needed[id]) for (const i of program.nodes[id]!.inputs) needed[i] = true;
  }
  return needed;
};
