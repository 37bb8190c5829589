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
  /** Rounds that a run of a stage takes when runs overlap. */
  readonly roundsOf: (span: Span) => number;
  /** Told of a unit before which nothing is ever done again: all nodes have a checkpoint there. */
  readonly onSettled: (unit: number) => void;
  /** Told about every unit that is over: the number of the next, and the rounds it took. */
  readonly onProgress: (unit: number, rounds: number) => void;
}

/** Does the units from `start` on, then `end` with this node's shares of the parameters, and closes the channel; the caller does when it rejects. */
export const attempt = async (
  task: Task,
  channel: Channel,
  start: number,
  end: (model: Uint8Array | undefined) => Promise<void>,
): Promise<void> => {
  const run = new Attempt(task, channel);
  await run.resume(start);
  await run.finish(start);
  await end(await run.save());
  await run.close();
};

/** Windows whose rows are in memory at once: one is read while another is computed with. */
const windowsInFlight = 2;
/** Runs without rows that are under way at once. */
const runsInFlight = 64;

class Attempt {
  readonly #exe: Executor;
  /** Units that are under way, in order. */
  readonly #pending = new Set<Promise<unknown>>();
  #saving: Promise<void> = Promise.resolve();
  /** The unit that reveals a parameter. */
  #exposing = 0;
  #failure: { readonly reason: unknown } | undefined;

  constructor(
    private readonly task: Task,
    private readonly channel: Channel,
  ) {
    const network = { outside: task.outside, join: async () => channel };
    const environment = init(aby3(), channel.rank, network, { deposit: (deposit) => this.#keep(deposit) });
    this.#exe = new Executor({ environment, program: task.parameters });
  }

  /** Goes back to the checkpoint before a unit: whatever came after it is done again. */
  async resume(unit: number): Promise<void> {
    const { checkpoints, log, model, parameters } = this.task;
    await checkpoints.keepUpTo(unit);
    await log.keepBefore(unit);
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

  async #runs(span: Span, stage: ParsedRun, from: number): Promise<void> {
    const done = Math.max(0, from - span.start);
    for (let epoch = Math.floor(done / span.runs); epoch < (stage.epochs ?? 1); epoch++) {
      const first = span.start + epoch * span.runs;
      if (span.rows === 0) await this.#alone(this.#run(span, stage, first, {}));
      else await this.#epoch({ span, stage, epoch, first, from });
    }
  }

  /** Waits while many runs that no window holds back are under way. */
  async #alone(run: Promise<void>): Promise<void> {
    if (this.#pending.size >= runsInFlight) await run;
    this.#check();
  }

  async #epoch(pass: Epoch): Promise<void> {
    const { span, stage, epoch, first, from } = pass;
    const key = stage.shuffle === undefined ? undefined : orderKey(stage.shuffle, span.index, epoch);
    const open: Promise<unknown>[] = [];
    let unit = first;
    for (const window of windows(span.rows, span.batch, key)) {
      const end = unit + Math.ceil(window.rows / span.batch);
      if (end > from) {
        if (open.length >= windowsInFlight) await open.shift();
        open.push(...(await this.#window(pass, window, unit)));
      }
      unit = end;
    }
  }

  /** Starts the runs of a window; the promise in the result ends with them. */
  async #window({ span, stage, from }: Epoch, window: Window, first: number): Promise<[Promise<unknown>]> {
    const feed = await this.#adopt(stage, window);
    const runs: Promise<unknown>[] = [];
    for (let row = 0, unit = first; row < window.rows; row += span.batch, unit++) {
      if (unit < from) continue;
      const end = Math.min(window.rows, row + span.batch);
      runs.push(
        this.#run(
          span,
          stage,
          unit,
          mapValues(feed, (shared) => shared.rows(row, end)),
        ),
      );
    }
    const forget = () => {
      for (const shared of Object.values(feed)) this.#exe.forget(shared);
    };
    return [Promise.all(runs).then(forget)];
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

  /** Starts one run; the promise ends when it is over, or failed. */
  #run(span: Span, stage: ParsedRun, unit: number, feed: Readonly<Record<string, Shared>>): Promise<void> {
    const index = span.before + unit - span.start;
    const run = this.#exe.run({ program: stage.of, feed, fetchList: stage.reveal ?? [], index });
    const over = this.#track(unit, run, this.task.roundsOf(span));
    if ((unit + 1) % this.task.every === 0) this.#save(unit + 1);
    return over;
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
      .catch((reason: unknown) => {
        this.#failure ??= { reason };
      })
      .finally(() => this.#pending.delete(over));
    this.#pending.add(over);
    return over;
  }

  /** A checkpoint counts only with all that was revealed before it. */
  #save(unit: number): void {
    const before = [...this.#pending, this.#saving];
    const { checkpoints, log, onSettled } = this.task;
    const file = this.save();
    const write = async () => {
      const bytes = (await file) ?? new Uint8Array();
      await Promise.all(before);
      if (this.#failure !== undefined) return;
      await log.sync();
      await checkpoints.write(unit, bytes);
      await allSaved(this.channel, unit);
      await checkpoints.keepFrom(unit);
      onSettled(unit);
    };
    this.#saving = write().catch((reason: unknown) => {
      this.#failure ??= { reason };
    });
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

const mapValues = <A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value)]));

const disposeAll = (tensors: readonly Tensor[]): void => {
  for (const tensor of tensors) tensor.dispose();
};
