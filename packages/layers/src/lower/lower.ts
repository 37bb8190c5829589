import { boundShapes } from '../bind.js';
import { misuse } from '../misuse.js';
import type { Node } from '../node/node.js';
import type { Program } from '../program.js';
import { assignments, neededFor } from '../select.js';
import { Emitter } from './emitter.js';
import type { Instruction } from './instruction.js';
import { lowerNode } from './rule.js';
import type { Value } from './value.js';

/** A program made ready for one batch size and one choice of outputs. */
export interface Lowered {
  readonly instructions: readonly Instruction[];
  /** Per fetched reveal node, the position of its instruction. */
  readonly outputs: ReadonlyMap<number, number>;
}

/**
 * Lowers the assignments of a program and the given reveals. What parameters wait for comes first, so that of two
 * instructions ready together the next step's comes first.
 */
export const lower = (
  program: Program,
  batch: number | undefined,
  reveals: readonly Node<'reveal'>[],
): Lowered => {
  const shapes = boundShapes(program, batch);
  const emitter = new Emitter();
  const updates = assignments(program);
  checkOnce(program, updates);
  const [needed, urgent] = [neededFor(program, [...updates, ...reveals]), neededFor(program, updates)];
  const uses = countUses(program, needed);
  const values: (Value | undefined)[] = [];
  const visit = (node: Node) => {
    emitter.node = node.id;
    const value = lowerNode(node, { program, shapes, emitter, inputs: node.inputs.map((i) => values[i]) });
    values[node.id] = value !== undefined && uses[node.id]! > 1 ? emitter.settle(value) : value;
  };
  for (const node of program.nodes) if (urgent[node.id]) visit(node);
  for (const node of program.nodes) if (needed[node.id] && !urgent[node.id]) visit(node);
  return { instructions: emitter.instructions, outputs: outputsOf(emitter.instructions) };
};

const countUses = (program: Program, needed: readonly boolean[]): readonly number[] => {
  const uses = program.nodes.map(() => 0);
  for (const node of program.nodes) if (needed[node.id]) for (const i of node.inputs) uses[i]!++;
  return uses;
};

const outputsOf = (instructions: readonly Instruction[]): ReadonlyMap<number, number> =>
  new Map(instructions.flatMap(({ op, node }, i) => (op === 'reveal' ? [[node, i] as const] : [])));

const checkOnce = (program: Program, updates: readonly Node<'assign'>[]): void => {
  const targets = updates.map(({ inputs }) => inputs[0]!);
  const twice = targets.find((t, i) => targets.indexOf(t) !== i);
  if (twice === undefined) return;
  const { attributes } = program.nodes[twice] as Node<'parameter'>;
  throw misuse(
    `'${attributes.name}' is assigned twice in one program`,
    'minimize once, or use several programs',
  );
};
