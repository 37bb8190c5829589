import { misuse } from './misuse.js';
import type { Node } from './node/node.js';
import { isKind, type Program, Variable } from './program.js';

/** Values of a program, or their names. */
export type FetchList = readonly (Variable | string)[];

/** Per entry the reveals it stands for: itself, or all reveals of the value. Throws for what is not revealed. */
export const resolveFetches = (
  program: Program,
  fetchList: FetchList,
): readonly (readonly Node<'reveal'>[])[] =>
  fetchList.map((entry) => {
    const variable = entry instanceof Variable ? entry : program.variable(entry);
    if (program.nodes[variable.node.id] !== variable.node) {
      throw misuse(`'${variable.name}' belongs to another program`, 'fetch from the program that runs');
    }
    const reveals = program.nodes.filter((node) => isKind(node, 'reveal'));
    const found = reveals.filter((node) => node === variable.node || node.inputs[0] === variable.node.id);
    if (found.length > 0) return found;
    throw misuse(`'${variable.name}' is not revealed`, `add reveal(${variable.name}, to) to the program`);
  });

/** The distinct reveals of all entries, in program order. */
export const distinctReveals = (fetches: readonly (readonly Node<'reveal'>[])[]): readonly Node<'reveal'>[] =>
  [...new Set(fetches.flat())].sort((a, b) => a.id - b.id);
