/** One job at one node: attempt after attempt until it is over. It survives the end of this process, and of the others'. */
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Channel, type ErrorCode, type Network, TriadError } from '@triad/protocol';
import { Checkpoints } from '../store/checkpoints.js';
import type { JobRecord, JobState, JobStore, Phase, Trouble } from '../store/jobs.js';
import { ResultLog } from '../store/result-log.js';
import { attempt } from './attempt.js';
import type { Prepared } from './prepare.js';
import { resultFiles } from './result.js';
import { agreeOnEnd, agreeOnStart, type Start } from './start.js';

/** What a job needs of its node. */
export interface Surroundings {
  readonly party: number;
  readonly store: JobStore;
  /** The other nodes, for this job. */
  readonly network: (job: string, timeout: number) => Network;
  /** Opens the data sets and reads the programs; throws when something is missing. */
  readonly prepare: (record: JobRecord) => Promise<Prepared>;
  /** Keeps a recipient's file where it will collect it. */
  readonly deliver: (job: string, to: string, file: Uint8Array) => Promise<void>;
  /** Whether all other nodes say that they have all results of the job. */
  readonly othersComplete: (job: string) => Promise<boolean>;
  /** Units from one checkpoint to the next. */
  readonly checkpointEvery: number;
  readonly log: (event: string, details: Readonly<Record<string, unknown>>) => void;
}

/** The others may come back: what ends an attempt, not the job. */
const passing: ReadonlySet<ErrorCode> = new Set(['peer-lost', 'timeout', 'closed']);
/** Milliseconds between attempts. */
const [firstPause, longestPause] = [100, 5000];
/** Milliseconds to meet the others, */
const meetingTime = 60_000;
/** and to look for others that have no need to meet. */
const completeTime = 3000;

export const isOver = ({ phase }: JobState): boolean =>
  phase === 'done' || phase === 'failed' || phase === 'cancelled';

export class Job {
  readonly #events = new EventEmitter().setMaxListeners(0);
  #state: JobState;
  #channel: Channel | undefined;
  /** Set when the node closes or the job is cancelled. */
  #stopped: TriadError | undefined;
  #writing: Promise<void> = Promise.resolve();
  #going: Promise<void> = Promise.resolve();

  constructor(
    readonly record: JobRecord,
    state: JobState,
    private readonly around: Surroundings,
  ) {
    this.#state = state;
  }

  get state(): JobState {
    return this.#state;
  }

  /** Payload bytes of the attempt that is on. */
  get traffic() {
    return this.#channel?.traffic;
  }

  /** Goes on until the job is over or `stop` is called. */
  start(): void {
    this.#going = this.#loop();
  }

  /** Told of every change, until the returned function is called. */
  watch(listener: (state: JobState) => void): () => void {
    this.#events.on('state', listener);
    return () => void this.#events.off('state', listener);
  }

  /** Ends the job for good. */
  async cancel(by: string): Promise<void> {
    if (isOver(this.#state)) return;
    await this.#stop(new TriadError('closed', `job ${this.record.id} was cancelled by ${by}`));
    await this.#become('cancelled');
  }

  /** Tries a failed job again from its last checkpoint. */
  async resume(): Promise<void> {
    if (this.#state.phase !== 'failed')
      throw new TriadError('bad-argument', `the job is ${this.#state.phase}`, {
        remedy: 'resume a failed one',
      });
    const { trouble: _, ...rest } = this.#state;
    this.#state = rest;
    await this.#become('waiting');
    this.start();
  }

  /** Leaves the job as it is on disk, to go on when the node starts again. */
  async close(): Promise<void> {
    await this.#stop(new TriadError('closed', `party ${this.around.party} is being stopped`));
  }

  async #stop(reason: TriadError): Promise<void> {
    this.#stopped = reason;
    await this.#channel?.close(reason);
    await this.#going;
    await this.#writing;
  }

  async #loop(): Promise<void> {
    for (let pause = firstPause; this.#stopped === undefined; pause = Math.min(2 * pause, longestPause)) {
      const before = this.#state.unit;
      try {
        await this.#attempt();
        return;
      } catch (error) {
        if (this.#stopped !== undefined) return;
        if (!isPassing(error)) return this.#fail(error);
        this.around.log('attempt ended', { job: this.record.id, reason: (error as Error).message });
        await this.#become('waiting');
        if (this.#state.unit > before) pause = firstPause;
        await sleep(pause);
      }
    }
  }

  async #attempt(): Promise<void> {
    const { record, around } = this;
    const { id } = record;
    if (this.#state.result !== undefined && (await around.othersComplete(id))) return this.#done();
    await using prepared = await around.prepare(record);
    const checkpoints = new Checkpoints(around.store.at(id));
    // With all results on disk there may be nobody to meet any more: look again soon.
    const timeout = this.#state.result === undefined ? meetingTime : completeTime;
    this.#channel = await around.network(id, timeout).join(around.party, prepared.agreement);
    if (this.#stopped !== undefined) await this.#channel.close(this.#stopped);
    const progress = { units: await checkpoints.units(), complete: this.#state.result !== undefined };
    const start = await agreeOnStart(this.#channel, progress);
    if (start.complete) {
      await this.#channel.close();
      return this.#done();
    }
    await this.#run(prepared, checkpoints, start, this.#channel);
    await this.#done();
  }

  async #run(prepared: Prepared, checkpoints: Checkpoints, start: Start, channel: Channel): Promise<void> {
    const { record, around } = this;
    const { result: _, ...rest } = this.#state;
    const { units } = prepared.schedule;
    this.#state = { ...rest, unit: start.unit, units, attempts: rest.attempts + 1 };
    await this.#become('running');
    const log = await ResultLog.open(around.store.at(record.id, 'results.log'));
    const task = {
      ...prepared,
      log,
      checkpoints,
      every: around.checkpointEvery,
      onProgress: (unit: number) => this.#advance(unit),
    };
    const end = async () => {
      const { schedule } = prepared;
      const files = await resultFiles(log, { schedule, party: around.party, id: start.id });
      for (const [to, file] of files) await around.deliver(record.id, to, file);
      this.#state = { ...this.#state, unit: units, result: start.id };
      await this.#become('running');
      await agreeOnEnd(channel);
    };
    try {
      await attempt(task, channel, start.unit, end);
    } finally {
      await log.close();
    }
  }

  #advance(unit: number): void {
    if (unit <= this.#state.unit) return;
    this.#state = { ...this.#state, unit };
    this.#events.emit('state', this.#state);
  }

  async #done(): Promise<void> {
    await this.#become('done');
    await this.around.store.clean(this.record.id);
  }

  async #fail(error: unknown): Promise<void> {
    this.#state = { ...this.#state, trouble: troubleOf(error) };
    await this.#become('failed');
  }

  async #become(phase: Phase): Promise<void> {
    const since = phase === this.#state.phase ? this.#state.since : new Date().toISOString();
    this.#state = { ...this.#state, phase, since };
    const state = this.#state;
    this.#writing = this.#writing.then(() => this.around.store.setState(this.record.id, state));
    await this.#writing;
    this.#events.emit('state', state);
    const { id } = this.record;
    this.around.log('job', {
      job: id,
      phase,
      unit: state.unit,
      ...(state.trouble && { trouble: state.trouble }),
    });
  }
}

const isPassing = (error: unknown): boolean => error instanceof TriadError && passing.has(error.code);

const troubleOf = (error: unknown): Trouble => {
  if (!(error instanceof TriadError))
    return { code: 'unexpected', what: error instanceof Error ? error.message : String(error) };
  const { code, message, party, remedy } = error;
  const what = remedy === undefined ? message : message.replace(`; ${remedy}`, '');
  return { code, what, ...(party !== undefined && { party }), ...(remedy !== undefined && { remedy }) };
};
