import type { Cost, CostModel, Scheme } from '@triad/protocol';
import { distinctReveals, type FetchList, resolveFetches } from './fetch.js';
import { type Instruction, inputsOf } from './lower/instruction.js';
import { lower } from './lower/lower.js';
import { misuse } from './misuse.js';
import type { Initializer, Recipient } from './node/node.js';
import { nameOf, type Program } from './program.js';
import { countElements } from './shape.js';
import { drawnFactor, drawsOf, randomBits } from './weight.js';

export interface PlanOptions {
  /** Rows of the batch; needed when a shape has one. */
  readonly batch?: number;
  readonly fetchList?: FetchList;
}

/** One interactive instruction: where it comes from, what it costs, and when it can start. */
export interface PlannedOp extends Cost {
  /** The index its messages are addressed by. */
  readonly index: number;
  readonly op: Instruction['op'];
  /** The program's name for the value. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Rounds of the step that must be over before it starts. */
  readonly start: number;
}

/** What runs of a program cost, known before anything runs. */
export interface Plan extends Cost {
  /** Rounds of one step alone: its longest chain of dependent messages, reveals included. */
  readonly rounds: number;
  /** Rounds each further step adds when steps overlap: what its parameters wait for. */
  readonly roundsPerStep: number;
  /** Payload bytes of one step, by rank of the computing party. */
  readonly bytes: readonly number[];
  readonly ops: readonly PlannedOp[];
  /** Drawing the initial weights, once. */
  readonly initial: Cost;
}

/** The declared cost of a program under a scheme. */
export const plan = <S>(
  program: Program,
  scheme: Scheme<S>,
  { batch, fetchList = [] }: PlanOptions = {},
): Plan => {
  const reveals = distinctReveals(resolveFetches(program, fetchList));
  const { instructions } = lower(program, batch, reveals);
  const costs = instructions.map((i) => instructionCost(scheme, i));
  const schedule = timetable(instructions, costs);
  const { finish } = schedule.step();
  const ops = instructions.flatMap(({ op, node, shape }, index): PlannedOp[] => {
    const cost = costs[index]!;
    if (cost.rounds === 0 && cost.bytes.every((b) => b === 0)) return [];
    const source = program.nodes[op === 'reveal' ? program.nodes[node]!.inputs[0]! : node]!;
    return [{ index, op, name: nameOf(source), shape, start: finish[index]! - cost.rounds, ...cost }];
  });
  return {
    rounds: Math.max(0, ...finish),
    roundsPerStep: schedule.period(),
    bytes: total(scheme.parties, costs),
    ops,
    initial: initialCost(program, scheme),
  };
};

const instructionCost = <S>(scheme: Scheme<S>, i: Instruction): Cost => {
  const { cost, parties } = scheme;
  const elements = countElements(i.shape);
  const rank = (role: Recipient) => (typeof role === 'number' || role === 'all' ? role : parties);
  if (i.op === 'share') return cost.share(elements, typeof i.owner === 'number' ? i.owner : parties);
  if (i.op === 'reveal') return cost.reveal(elements, rank(i.to));
  if (i.op === 'truncate') return cost.truncate(elements, i.bits);
  if (i.op === 'below') return belowCost(scheme, i, elements);
  if (i.op === 'product') return productCost(cost, i.elements, elements, i.bits);
  return { rounds: 0, bytes: new Array<number>(parties).fill(0) };
};

const belowCost = <S>(
  { cost, name }: Scheme<S>,
  { elements, thresholds }: Extract<Instruction, { op: 'below' }>,
  result: number,
): Cost => {
  if (cost.below !== undefined) return cost.below(elements, thresholds.length, result);
  throw misuse(`the protocol '${name}' cannot compare`, 'use a protocol that can, such as aby3');
};

/** A protocol that truncates apart from the product sends the product before `after` makes it smaller. */
const productCost = (model: CostModel, elements: number, result: number, bits: number): Cost => {
  const [fused, parts] = [
    model.bilinearTruncate(result, bits),
    both(model.bilinear(result), model.truncate(result, bits)),
  ];
  const apart = fused.rounds === parts.rounds && fused.bytes.every((b, r) => b === parts.bytes[r]);
  return apart ? both(model.bilinear(elements), model.truncate(result, bits)) : fused;
};

const both = (a: Cost, b: Cost): Cost => ({
  rounds: a.rounds + b.rounds,
  bytes: a.bytes.map((n, r) => n + b.bytes[r]!),
});

const total = (parties: number, costs: readonly Cost[]): number[] =>
  Array.from({ length: parties }, (_, r) => costs.reduce((n, c) => n + c.bytes[r]!, 0));

/** When instructions finish if each starts as soon as its inputs are there, step after step. */
const timetable = (instructions: readonly Instruction[], costs: readonly Cost[]) => {
  const ready = new Map<string, number>();
  const step = () => {
    const finish: number[] = [];
    for (const [index, i] of instructions.entries()) {
      const inputs = inputsOf(i).map((r) => finish[r]!);
      const start = i.op === 'parameter' ? (ready.get(i.name) ?? 0) : Math.max(0, ...inputs);
      finish.push(start + costs[index]!.rounds);
    }
    for (const [index, i] of instructions.entries()) if (i.op === 'assign') ready.set(i.name, finish[index]!);
    return { finish };
  };
  const latest = () => Math.max(0, ...ready.values());
  const advance = (steps: number) => {
    for (let n = 0; n < steps; n++) step();
    return latest();
  };
  const period = () => {
    const before = advance(window);
    return (advance(window) - before) / window;
  };
  return { step, period };
};

/** Steps over which the rounds of a step are averaged. */
const window = 60;

/** Drawing a parameter's initial value, once. */
export const drawCost = <S>(
  { cost, parties }: Scheme<S>,
  { initializer, shape }: { readonly initializer: Initializer; readonly shape: readonly number[] },
): Cost => {
  const none = { rounds: 0, bytes: new Array<number>(parties).fill(0) };
  if (initializer.kind === 'constant') return none;
  const elements = countElements(shape);
  const truncation = cost.truncate(elements, drawnFactor(initializer).shift);
  return both(cost.random?.(elements * drawsOf(initializer), randomBits) ?? none, truncation);
};

/** Parameters are drawn at the same time. */
const initialCost = <S>(program: Program, scheme: Scheme<S>): Cost => {
  const costs = program.parameters.map(({ attributes }) => drawCost(scheme, attributes));
  return { rounds: Math.max(0, ...costs.map((c) => c.rounds)), bytes: total(scheme.parties, costs) };
};
