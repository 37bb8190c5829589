import { broadcastOf } from '../interpret/arithmetic.js';
import type { PureKind } from '../interpret/rule.js';
import { evaluate, isPure } from '../interpret.js';
import { NdArray } from '../nd-array.js';
import { dispatch, type Node, type Table } from '../node/node.js';
import type { Program } from '../program.js';
import { type Schedule, scheduleBound } from '../schedule.js';
import { type BoundShape, countElements } from '../shape.js';
import { isNegative } from './compare.js';
import type { Emitter } from './emitter.js';
import { quotient } from './function/quotient.js';
import { lowerFunction } from './function/table.js';
import { fractionBits, type Operation } from './instruction.js';
import { broadcast, combine, concatenated, mapped, scaled } from './linear.js';
import { bilinearMap, linearMap, type Moving } from './maps.js';
import { product } from './product.js';
import { registerTerm, type Value } from './value.js';

/** Where a lowering rule stands: bound shapes, and the inputs' values (none for data with an owner). */
export interface Site {
  readonly program: Program;
  readonly shapes: readonly BoundShape[];
  readonly emitter: Emitter;
  readonly inputs: readonly (Value | undefined)[];
}

type Rules<K extends Node['kind']> = Pick<Table<readonly [site: Site], Value | undefined>, K>;

const emitted = ({ emitter, shapes }: Site, operation: Operation): Value => {
  const shape = shapes[emitter.node]!;
  return { shape, terms: [registerTerm(emitter.emit(operation, shape), shape)] };
};

const source: Rules<'data' | 'parameter' | 'constant' | 'share'> = {
  data: ({ attributes: { name, owner } }, site) =>
    owner === null ? emitted(site, { op: 'input', name }) : undefined,
  parameter: ({ attributes: { name, initializer } }, site) =>
    emitted(site, { op: 'parameter', name, initializer }),
  constant: ({ attributes: { shape, values } }) => ({
    shape,
    terms: [],
    open: new NdArray(shape, Float64Array.from(values)),
  }),
  share: ({ inputs }, site) => {
    const { name, owner } = (site.program.nodes[inputs[0]!] as Node<'data'>).attributes;
    return owner === null ? site.inputs[0] : emitted(site, { op: 'share', name, owner });
  },
};

const effect: Rules<'reveal' | 'assign'> = {
  reveal: ({ attributes: { to }, id }, { emitter, shapes, inputs }) => {
    emitter.emit({ op: 'reveal', input: emitter.materialise(inputs[0]!), to }, shapes[id]!);
    return undefined;
  },
  assign: ({ inputs: [target], id }, { program, emitter, shapes, inputs }) => {
    const { name } = (program.nodes[target!] as Node<'parameter'>).attributes;
    emitter.emit({ op: 'assign', input: emitter.materialise(inputs[1]!), name }, shapes[id]!);
    return undefined;
  },
};

const arithmetic: Rules<'add' | 'sub' | 'scale' | 'broadcast' | 'concat'> = {
  add: ({ id }, { shapes, inputs: [x, y] }) => combine(shapes[id]!, x!, y!, 1),
  sub: ({ id }, { shapes, inputs: [x, y] }) => combine(shapes[id]!, x!, y!, -1),
  scale: ({ attributes: { factor, over } }, { shapes, inputs: [x] }) =>
    scaled(x!, over === null ? factor : factor / countElements(shapes[over]!)),
  broadcast: ({ id }, { shapes, inputs: [x] }) => broadcast(x!, shapes[id]!),
  concat: ({ attributes: { axis }, id }, { emitter, shapes, inputs }) =>
    concatenated(
      emitter,
      inputs.map((x) => x!),
      axis,
      shapes[id]!,
    ),
};

const move = (node: Moving, site: Site): Value => {
  const { emitter, shapes } = site;
  const [x] = site.inputs;
  const map = linearMap(node, x!.shape, shapes[node.id]!);
  const open = x!.open && fold(node, site, [broadcastOf(x!.open, x!.shape)]);
  return mapped(emitter, map, x!, shapes[node.id]!, open);
};

const multiply = (node: Node<'mul' | 'matmul' | 'conv2d' | 'adjoint'>, site: Site): Value => {
  const { program, shapes, emitter } = site;
  const [x, y] = site.inputs;
  return product(emitter, bilinearMap(node, program, shapes), shapes[node.id]!, [x!, y!]);
};

/** Bits of the fraction of a public number that changes, and of numbers below 1 as many significant ones. */
const scheduleBits = (schedule: Schedule): number => {
  const largest = scheduleBound(schedule);
  return largest === 0
    ? fractionBits
    : Math.min(30, Math.max(0, fractionBits - Math.ceil(Math.log2(largest))));
};

const stepwise: Rules<'scheduled' | 'mask'> = {
  scheduled: ({ attributes: { schedule } }, { emitter, inputs: [x] }) => {
    const { shape } = x!;
    const [bits, input] = [scheduleBits(schedule), emitter.materialise(x!)];
    const register = emitter.emit({ op: 'scheduled', input, schedule, bits }, shape);
    return { shape, terms: [registerTerm(register, shape, bits)] };
  },
  mask: ({ attributes: mask }, { emitter, inputs: [x] }) => {
    const { shape } = x!;
    const register = emitter.emit({ op: 'mask', input: emitter.materialise(x!), mask }, shape);
    return scaled({ shape, terms: [registerTerm(register, shape)] }, 1 / (1 - mask.rate));
  },
};

const nonlinear: Rules<'less' | 'function' | 'divide' | 'detach' | 'withSlope'> = {
  detach: (_, { inputs: [x] }) => x!,
  withSlope: (_, { inputs: [value] }) => value!,
  less: ({ id }, { emitter, shapes, inputs: [x, y] }) =>
    isNegative(emitter, combine(shapes[id]!, x!, y!, -1)),
  divide: ({ id, attributes }, { emitter, shapes, inputs: [x, y] }) =>
    quotient(emitter, attributes, shapes[id]!, [x!, y!]),
  function: ({ attributes }, { emitter, inputs: [x] }) => lowerFunction(emitter, attributes, x!),
};

const rules: Table<readonly [site: Site], Value | undefined> = {
  ...source,
  ...effect,
  ...arithmetic,
  ...stepwise,
  ...nonlinear,
  sum: move,
  reshape: move,
  transpose: move,
  slice: move,
  pad: move,
  windows: move,
  unwindows: move,
  mul: multiply,
  matmul: multiply,
  conv2d: multiply,
  adjoint: multiply,
};

/** A node of public inputs, computed while lowering. */
const fold = <K extends PureKind>(
  node: Node<K>,
  { program, shapes }: Site,
  inputs: readonly NdArray[],
): NdArray =>
  evaluate(node, {
    shape: shapes[node.id]!,
    inputs,
    shapeOf: (id) => shapes[id]!,
    nodeAt: (id) => program.nodes[id]!,
    step: 0,
  });

/** The node's value; undefined when it has none. */
export const lowerNode = (node: Node, site: Site): Value | undefined => {
  const isPublic =
    site.inputs.length > 0 && site.inputs.every((x) => x !== undefined && x.terms.length === 0);
  if (!isPublic || !isPure(node) || node.kind in stepwise) return dispatch(rules, node, site);
  const inputs = site.inputs.map((x) => broadcastOf(x!.open!, x!.shape));
  return { shape: site.shapes[node.id]!, terms: [], open: fold(node, site, inputs) };
};
