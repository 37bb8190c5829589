/** One attempt at a job: from where all three nodes stand to its end, or to an error. */
import { aby3 } from '@triad/aby3';
import { type Deposit, Executor, init, type Program, type Shared } from '@triad/layers';
import type { Channel } from '@triad/protocol';
import type { Tensor } from '@triad/ring';
import type { Checkpoints } from '../store/checkpoints.js';
import type { ResultLog } from '../store/result-log.js';
import { orderKey, type Window, windows } from '../work/order.js';
import type { ParsedRun } from '../work/parsed.js';
import type { Schedule, Span } from '../work/schedule.js';
import { type ExposureStage, isRun } from '../work/work.js';
import type { Input } from './input.js';
import { allSaved } from './saved.js';

export interface Task {
  readonly schedule: Schedule;
  /** Has the parameters of all programs. */
  readonly parameters: Program;
  readonly outside: readonly string[];
  readonly inputs: ReadonlyMap<string, Input>;
  readonly log: ResultLog;
  readonly checkpoints: Checkpoints;
  /** Units from one checkpoint to the next. */
  readonly every: number;
  /** This node's shares of the parameters that the work begins with; undefined: as initializers say. */
  readonly model: Uint8Array | undefined;
  /** Told of a unit before which nothing is ever done again: all nodes have a checkpoint there. */
  readonly onSettled: (unit: number) => void;
  /** Told about every unit that is over: the number of the next, and the rounds it took. */
  readonly onProgress: (unit: number, rounds: number) => void;
}

/** Does the units from `start` on, then `end` with this node's shares of the parameters, and closes the channel. It is over when nothing writes any more. */
export const attempt = async (
  task: Task,
  channel: Channel,
  start: number,
  end: (model: Uint8Array | undefined) => Promise<void>,
): Promise<void> => {
  const run = new Attempt(task, channel);
  try {
    await run.load(start);
    await run.finish(start);
    await end(await run.save());
    await run.close();
  } catch (error) {
    await run.abandon(error);
    throw error;
  }
};

/** Windows whose rows are in memory at once: one is read while another is computed with. */
const windowsInFlight = 2;
/** Runs that are under way at once, and elements of their values: runs of inference do not wait for each other. */
const [runsInFlight, elementsInFlight] = [256, 2 ** 26];

class Attempt {
  readonly #exe: Executor;
  /** Units that are under way, in order. */
  readonly #pending = new Set<Promise<unknown>>();
  /** Windows with such units, in order. */
  readonly #windows: Promise<unknown>[] = [];
  #saving: Promise<unknown> = Promise.resolve();
  /** The unit that reveals a parameter. */
  #exposing = 0;
  #failure: { readonly reason: unknown } | undefined;
  readonly #failed = (reason: unknown): void => {
    this.#failure ??= { reason };
  };

  constructor(
    private readonly task: Task,
    private readonly channel: Channel,
  ) {
    const network = { outside: task.outside, join: async () => channel };
    const environment = init(aby3(), channel.rank, network, { deposit: (deposit) => this.#keep(deposit) });
    this.#exe = new Executor({ environment, program: task.parameters });
  }

  /** The parameters, as they were before a unit. */
  async load(unit: number): Promise<void> {
    const { checkpoints, model, parameters } = this.task;
    if (parameters.parameters.length === 0) return;
    const file = unit > 0 ? await checkpoints.read(unit) : model;
    if (file !== undefined) await this.#exe.load(file);
  }

  async finish(from: number): Promise<void> {
    for (const span of this.task.schedule.spans) {
      if (span.end <= from) continue;
      if (isRun(span.stage)) await this.#runs(span, span.stage, from);
      else await this.#expose(span.start, span.stage);
    }
    await this.#settled();
    await this.task.log.sync();
  }

  /** This node's shares of the parameters; undefined where there are none. */
  async save(): Promise<Uint8Array | undefined> {
    return this.task.parameters.parameters.length > 0 ? this.#exe.save() : undefined;
  }

  close(): Promise<void> {
    return this.#exe.close();
  }

  /** Ends what is under way, and frees it. A checkpoint that was being written would otherwise come among those of the next attempt. */
  async abandon(error: unknown): Promise<void> {
    await this.channel.close(error instanceof Error ? error : new Error(String(error)));
    await this.#saving;
    await this.#exe.close();
  }

  async #runs(span: Span, stage: ParsedRun, from: number): Promise<void> {
    const done = Math.max(0, from - span.start);
    for (let epoch = Math.floor(done / span.runs); epoch < (stage.epochs ?? 1); epoch++) {
      const first = span.start + epoch * span.runs;
      if (span.rows === 0) await this.#run({ span, stage, unit: first, feed: {} });
      else await this.#epoch({ span, stage, epoch, first, from });
    }
  }

  async #epoch(pass: Epoch): Promise<void> {
    const { span, stage, epoch, first, from } = pass;
    const key = stage.shuffle === undefined ? undefined : orderKey(stage.shuffle, span.index, epoch);
    let unit = first;
    for (const window of windows(span, key)) {
      const end = unit + Math.ceil(window.rows / span.batch);
      if (end > from) await this.#window(pass, window, unit);
      unit = end;
    }
  }

  /** Starts the runs of a window. */
  async #window({ span, stage, from }: Epoch, window: Window, first: number): Promise<void> {
    if (this.#windows.length >= windowsInFlight) await this.#windows.shift();
    const feed = await this.#adopt(stage, window);
    for (let row = 0, unit = first; row < window.rows; row += span.batch, unit++) {
      if (unit < from) continue;
      const end = Math.min(window.rows, row + span.batch);
      await this.#run({ span, stage, unit, feed: mapValues(feed, (shared) => shared.rows(row, end)) });
    }
    const forget = () => {
      for (const shared of Object.values(feed)) this.#exe.forget(shared);
    };
    this.#windows.push(Promise.all(this.#pending).then(forget).catch(this.#failed));
  }

  async #adopt(stage: ParsedRun, window: Window): Promise<Record<string, Shared>> {
    this.#check();
    const feed: Record<string, Shared> = {};
    for (const [data, input] of Object.entries(stage.feed)) {
      const parts = await this.task.inputs.get(input)!.read(window);
      feed[data] = await this.#exe
        .adopt(input, { shape: parts[0]!.shape, parts })
        .finally(() => disposeAll(parts));
    }
    return feed;
  }

  /** Starts one run, when there is room for it. */
  async #run({ span, stage, unit, feed }: Run): Promise<void> {
    await this.#room(span.elements);
    const index = span.before + unit - span.start;
    const run = this.#exe.run({ program: stage.of, feed, fetchList: stage.reveal ?? [], index });
    void this.#track(unit, run, span.rounds);
    if ((unit + 1) % this.task.every === 0) await this.#save(unit + 1);
  }

  /** Waits while too much is under way. */
  async #room(elements: number): Promise<void> {
    const most = Math.max(1, Math.min(runsInFlight, Math.floor(elementsInFlight / elements)));
    for (const oldest of this.#pending) {
      if (this.#pending.size < most) break;
      await oldest;
    }
    this.#check();
  }

  async #expose(unit: number, { parameter, to }: ExposureStage): Promise<void> {
    await this.#settled();
    this.#exposing = unit;
    const { shape } = this.task.parameters.variable(parameter);
    await this.#track(unit, this.#exe.reveal({ name: parameter, shape: shape as readonly number[] }, to), 0);
    this.#check();
  }

  #track(unit: number, work: Promise<unknown>, rounds: number): Promise<void> {
    const over = work
      .then(() => this.task.onProgress(unit + 1, rounds))
      .catch(this.#failed)
      .finally(() => this.#pending.delete(over));
    this.#pending.add(over);
    return over;
  }

  /** Begins a checkpoint, when the one before it is done: it counts only with all that was revealed before it. */
  async #save(unit: number): Promise<void> {
    const [before, earlier] = [[...this.#pending], this.#saving];
    const { checkpoints, log, onSettled } = this.task;
    const file = this.save();
    const write = async () => {
      const bytes = (await file) ?? new Uint8Array();
      await Promise.all([...before, earlier]);
      if (this.#failure !== undefined) return;
      await log.sync();
      await checkpoints.write(unit, bytes);
      await allSaved(this.channel, unit);
      await checkpoints.keepFrom(unit);
      onSettled(unit);
    };
    const saved = write().catch(this.#failed);
    this.#saving = Promise.all([earlier, saved]);
    await earlier;
  }

  #keep({ to, name, run, shape, words }: Deposit): void {
    const unit = run === undefined ? this.#exposing : this.#unitOf(name, run);
    this.task.log.append({ unit, name, to, shape, words });
  }

  /** The unit that was run `run` of the program with this reveal. */
  #unitOf(name: string, run: number): number {
    const span = this.task.schedule.spans.find(
      ({ stage, before, start, end }) =>
        isRun(stage) && stage.reveal?.includes(name) && before <= run && run < before + end - start,
    )!;
    return span.start + run - span.before;
  }

  async #settled(): Promise<void> {
    await Promise.all(this.#pending);
    await this.#saving;
    this.#check();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.reason;
  }
}

/** A pass over the rows of a stage; `first` is its first unit, those before `from` are done. */
interface Epoch {
  readonly span: Span;
  readonly stage: ParsedRun;
  readonly epoch: number;
  readonly first: number;
  readonly from: number;
}

/** One run of a stage. */
interface Run {
  readonly span: Span;
  readonly stage: ParsedRun;
  readonly unit: number;
  readonly feed: Readonly<Record<string, Shared>>;
}

const mapValues = <A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value)]));

const disposeAll = (tensors: readonly Tensor[]): void => {
  for (const tensor of tensors) tensor.dispose();
};
