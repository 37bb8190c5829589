import type { Op, Product, Protocol } from '@triad/protocol';
import { decode, type Linear, linear, mul, Tensor } from '@triad/ring';
import { broadcastOf } from '../interpret/arithmetic.js';
import { fractionBits, type Instruction, inputsOf } from '../lower/instruction.js';
import type { Lowered } from '../lower/lower.js';
import { encodeArray } from '../lower/maps.js';
import { dropped } from '../mask.js';
import { misuse } from '../misuse.js';
import { NdArray } from '../nd-array.js';
import type { Role } from '../node/node.js';
import { scheduleAt } from '../schedule.js';
import { countElements } from '../shape.js';
import type { Shared } from '../shared.js';
import type { Exit } from './deposit.js';
import type { Check } from './range-check.js';
import type { Action, Compiled, StepRun } from './step-run.js';

/** What compiled instructions need to know about the party. */
export interface Context<S> {
  readonly protocol: Protocol<S>;
  readonly rankOf: (role: Role) => number;
  readonly shareOf: (shared: Shared) => S;
  /** A node's name, by its number. */
  readonly named: (node: number) => string;
  readonly exit: Exit<S>;
  /** Per instruction what looks at its inputs first; default: nothing. */
  readonly checks?: readonly (Check | undefined)[];
}

export const compile = <S>({ instructions }: Lowered, context: Context<S>): Compiled<S> => {
  const inputs = instructions.map(inputsOf);
  const dependents = instructions.map((): number[] => []);
  const uses = new Uint32Array(instructions.length);
  for (const [i, registers] of inputs.entries()) {
    for (const r of new Set(registers)) dependents[r]!.push(i);
    for (const r of registers) uses[r]!++;
  }
  return {
    protocol: context.protocol,
    actions: instructions.map((i, index) =>
      checked(action(i, index, context), inputs[index]!, context.checks?.[index]),
    ),
    inputs,
    dependents,
    missing: Uint32Array.from(inputs, (registers) => new Set(registers).size),
    uses,
    roots: instructions.flatMap((i, index) =>
      inputs[index]!.length === 0 && i.op !== 'parameter' ? [index] : [],
    ),
    parameters: instructions.flatMap((i, register) =>
      i.op === 'parameter' ? [{ register, name: i.name }] : [],
    ),
    assigned: instructions.flatMap((i) => (i.op === 'assign' ? [{ register: i.input, name: i.name }] : [])),
  };
};

const checked = <S>(act: Action<S>, inputs: readonly number[], check: Check | undefined): Action<S> => {
  if (check === undefined) return act;
  return (run) => {
    check(
      inputs.map((r) => run.values[r]),
      run.occasion.count,
    );
    act(run);
  };
};

const action = <S>(i: Instruction, index: number, context: Context<S>): Action<S> => {
  const { protocol } = context;
  switch (i.op) {
    case 'parameter':
    case 'assign':
      return (run) => run.done(index);
    case 'input':
      return feedRows(i.name, index, context);
    case 'share':
      return shareFed(i, index, context);
    case 'linear':
      return applyLinear(i.map, i.inputs, index, protocol);
    case 'constant':
      return withEncoded(broadcastOf(i.value, i.shape), fractionBits, (run, c) =>
        run.set(index, protocol.constant(c)),
      );
    case 'addPublic':
      return withEncoded(i.value, i.bits, (run, c) =>
        run.set(index, protocol.addPublic(run.values[i.input]!, c)),
      );
    case 'truncate':
      return (run) => run.wait(index, protocol.truncate(run.op(index), run.values[i.input]!, i.bits));
    case 'below':
      return compareWith(i, index, protocol);
    case 'scheduled':
      return (run) => {
        const factor = Math.round(scheduleAt(i.schedule, run.occasion.count) * 2 ** i.bits);
        run.set(index, protocol.linear(linear.scale(BigInt(factor)), run.values[i.input]!));
      };
    case 'mask':
      return (run) => {
        const zero = dropped(i.mask, run.occasion.count, countElements(i.shape));
        run.set(index, protocol.linear(masked(zero), run.values[i.input]!));
      };
    case 'product':
      return multiply(i, index, protocol);
    case 'reveal':
      return expose(i, index, context);
  }
};

/** Public numbers are encoded anew in every step: nothing outlives it that somebody would have to free. */
const withEncoded =
  <S>(value: NdArray, bits: number, use: (run: StepRun<S>, c: Tensor) => void): Action<S> =>
  (run) => {
    const tensor = encodeArray(value, bits);
    use(run, tensor);
    tensor.dispose();
  };

const applyLinear = <S>(
  map: Linear,
  inputs: readonly number[],
  index: number,
  protocol: Protocol<S>,
): Action<S> => {
  const [x, y] = inputs as [number, number?];
  if (inputs.length === 1) return (run) => run.set(index, protocol.linear(map, run.values[x]!));
  if (inputs.length === 2)
    return (run) => run.set(index, protocol.linear(map, run.values[x]!, run.values[y!]!));
  return (run) => run.set(index, protocol.linear(map, ...inputs.map((r) => run.values[r]!)));
};

const compareWith = <S>(
  { input, thresholds, after }: Extract<Instruction, { op: 'below' }>,
  index: number,
  protocol: Protocol<S>,
): Action<S> => {
  if (protocol.below === undefined) {
    throw misuse(`the protocol '${protocol.name}' cannot compare`, 'use a protocol that can, such as aby3');
  }
  return (run) => run.wait(index, protocol.below!(run.op(index), run.values[input]!, thresholds, after));
};

/** Zeros where the mask has ones. */
const masked = (zero: Uint8Array): Linear => ({
  name: 'masked',
  attributes: {},
  shape: (x) => x!,
  apply: (x) => {
    const kept = Tensor.from(
      x!.shape,
      Array.from(zero, (z) => (z ? 0n : 1n)),
    );
    return mul(x!, kept, kept);
  },
});

const multiply = <S>(
  { map, x, y, after, bits }: Extract<Instruction, { op: 'product' }>,
  index: number,
  protocol: Protocol<S>,
): Action<S> => {
  const product = (run: StepRun<S>): Product<S> => ({ map, x: run.values[x]!, y: run.values[y]!, after });
  if (protocol.bilinearTruncate !== undefined) {
    return (run) => run.wait(index, protocol.bilinearTruncate!(run.op(index), product(run), bits));
  }
  return (run) => run.wait(index, apart(protocol, run.op(index), product(run), bits));
};

/** Product, linear maps, truncation, one after the other. */
const apart = async <S>(
  protocol: Protocol<S>,
  op: Op,
  { map, x, y, after = [] }: Product<S>,
  bits: number,
): Promise<S> => {
  let value: S = await protocol.bilinear(op.at(0), map, x, y);
  for (const f of after) {
    const next = protocol.linear(f, value);
    protocol.dispose(value);
    value = next;
  }
  return protocol.truncate(op.at(1), value, bits).finally(() => protocol.dispose(value));
};

const expose = <S>(
  { input, to, node }: Extract<Instruction, { op: 'reveal' }>,
  index: number,
  { exit, named }: Context<S>,
): Action<S> => {
  const name = named(node);
  return (run) =>
    run.output(
      index,
      exit(run.op(index), { share: run.values[input]!, name, to, run: run.occasion.count }).then((tensor) => {
        if (tensor === undefined) return undefined;
        const values = new NdArray(tensor.shape, decode(tensor, fractionBits));
        tensor.dispose();
        return values;
      }),
    );
};

/** A part of rows of a share, without a copy. */
export const rowsOf = (start: number, end: number): Linear => ({
  name: 'rows',
  attributes: { start, end },
  shape: ([, ...rest]: readonly number[] = []) => [end - start, ...rest],
  apply: (...xs) => xs[0]!.rows(start, end),
});

const whole = (shape: readonly number[]): Linear => linear.reshape(shape);

const feedRows = <S>(name: string, index: number, { protocol, shareOf }: Context<S>): Action<S> => {
  return (run) => {
    const shared = run.occasion.feed[name] as Shared;
    const { shape, start } = shared;
    const map = shape.length === 0 ? whole(shape) : rowsOf(start, start + shape[0]!);
    run.set(index, protocol.linear(map, shareOf(shared)));
  };
};

const shareFed = <S>(
  { name, owner, shape }: Extract<Instruction, { op: 'share' }>,
  index: number,
  { protocol, rankOf }: Context<S>,
): Action<S> => {
  const rank = rankOf(owner);
  if (rank !== protocol.rank) return (run) => run.wait(index, protocol.share(run.op(index), rank, shape));
  return (run) => {
    const tensor = encodeArray(run.occasion.feed[name] as NdArray);
    run.wait(
      index,
      protocol.share(run.op(index), rank, tensor).finally(() => tensor.dispose()),
    );
  };
};
