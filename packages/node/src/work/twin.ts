/** A work in float64, on tables in the open: its plaintext twin, for whoever has everybody's data, or makes some up. */
import { FloatTwin, NdArray, type Weights } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import { type Joint, jointOf } from './joint.js';
import { orderKey, rowsInOrder } from './order.js';
import { type ParsedRun, type ParsedWork, parseWork } from './parsed.js';
import { type Schedule, type Span, schedule } from './schedule.js';
import { isRun, type Work } from './work.js';

/** What a work is done with in the open. */
export interface OpenData {
  /** Rows and columns of data sets, by `owner/name`. */
  readonly tables: Readonly<Record<string, NdArray>>;
  /** Initial parameters that are not constants, or those of an earlier work. */
  readonly weights?: Weights;
}

/**
 * What jobs of a work reveal, by name as `Client.result` has it, computed in the open: the same programs, batches and order of rows. Throws
 * `bad-argument` for a table or weights that are missing.
 */
export const runInTheOpen = (work: Work, { tables, weights = {} }: OpenData): Weights => {
  const parsed = parseWork(work);
  const inputs = new Map(Object.keys(work.inputs).map((name) => [name, inputOf(work, name, tables)]));
  const plan = schedule(parsed, (input) => {
    const [rows, columns] = inputs.get(input)!.shape;
    return { rows: rows!, columns: columns ?? 1 };
  });
  return new OpenRun(parsed, plan, inputs, new Map(Object.entries(weights))).run();
};

const inputOf = (work: Work, name: string, tables: OpenData['tables']): NdArray => {
  const parts = work.inputs[name]!.map((set) => {
    const table = tables[set];
    if (table !== undefined) return table;
    throw new TriadError('bad-argument', `there is no table for '${set}'`, { remedy: 'pass its rows' });
  });
  return below(parts);
};

/** One below the other. */
const below = (parts: readonly NdArray[]): NdArray => {
  const [, ...rest] = parts[0]!.shape;
  const rows = parts.reduce((n, { shape }) => n + shape[0]!, 0);
  const all = new Float64Array(parts.reduce((n, { data }) => n + data.length, 0));
  let at = 0;
  for (const { data } of parts) {
    all.set(data, at);
    at += data.length;
  }
  return new NdArray([rows, ...rest], all);
};

const joined: Readonly<Record<Joint, (values: readonly NdArray[]) => NdArray>> = {
  single: ([value]) => value!,
  rows: below,
  stack: (values) => below(values.map(({ shape, data }) => new NdArray([1, ...shape], data))),
};

class OpenRun {
  readonly #twins = new Map<string, FloatTwin>();
  readonly #revealed = new Map<string, NdArray[]>();

  constructor(
    private readonly work: ParsedWork,
    private readonly plan: Schedule,
    private readonly inputs: ReadonlyMap<string, NdArray>,
    private readonly parameters: Map<string, NdArray>,
  ) {}

  run(): Weights {
    for (const span of this.plan.spans) {
      const { stage } = span;
      if (isRun(stage)) this.#runs(span, stage);
      else this.#reveal(stage.parameter, this.#parameter(stage.parameter));
    }
    return Object.fromEntries(
      [...this.#revealed].map(([name, values]) => [name, joined[jointOf(this.plan, name)](values)]),
    );
  }

  #runs(span: Span, stage: ParsedRun): void {
    const twin = this.#twin(stage.program);
    for (const [name, value] of this.parameters)
      if (twin.parameters.has(name)) twin.parameters.set(name, value);
    twin.step = span.before;
    for (let epoch = 0; epoch < (stage.epochs ?? 1); epoch++) this.#epoch(span, stage, epoch, twin);
    for (const [name, value] of twin.parameters) this.parameters.set(name, value);
  }

  #epoch(span: Span, stage: ParsedRun, epoch: number, twin: FloatTwin): void {
    const { rows, batch, index } = span;
    const key = stage.shuffle === undefined ? undefined : orderKey(stage.shuffle, index, epoch);
    const order = rowsInOrder(span, key);
    for (let at = 0; at < Math.max(1, rows); at += Math.max(1, batch)) {
      const taken = order.slice(at, at + batch);
      const feed = Object.fromEntries(
        Object.entries(stage.feed).map(([data, input]) => [data, rowsOf(this.inputs.get(input)!, taken)]),
      );
      const names = stage.reveal ?? [];
      for (const [i, value] of twin.run({ feed, fetchList: names }).entries()) this.#reveal(names[i]!, value);
    }
  }

  #reveal(name: string, value: NdArray): void {
    const known = this.#revealed.get(name);
    if (known === undefined) this.#revealed.set(name, [value]);
    else known.push(value);
  }

  #twin(program: string): FloatTwin {
    const known = this.#twins.get(program);
    if (known !== undefined) return known;
    const of = this.work.programs.get(program)!;
    const names = of.parameters.map(({ attributes }) => attributes.name);
    const given = [...this.parameters].filter(([name]) => names.includes(name));
    const twin = new FloatTwin(of, Object.fromEntries(given));
    this.#twins.set(program, twin);
    return twin;
  }

  #parameter(name: string): NdArray {
    const value = this.parameters.get(name);
    if (value !== undefined) return value;
    for (const program of this.work.programs.keys()) {
      const initial = this.#twin(program).parameters.get(name);
      if (initial !== undefined) return initial;
    }
    throw new TriadError('bad-argument', `no program has the parameter '${name}'`);
  }
}

const rowsOf = ({ shape, data }: NdArray, rows: readonly number[]): NdArray => {
  const width = data.length / shape[0]!;
  const out = new Float64Array(rows.length * width);
  for (const [i, row] of rows.entries()) out.set(data.subarray(row * width, (row + 1) * width), i * width);
  return new NdArray([rows.length, ...shape.slice(1)], out);
};
