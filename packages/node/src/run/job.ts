/** One job at one node: attempt after attempt until it is over. It survives the end of this process, and of the others'. */
import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StationJob } from '@triad/net';
import { type Channel, type Network, TriadError } from '@triad/protocol';
import { Checkpoints } from '../store/checkpoints.js';
import type { JobRecord, JobState, JobStore, Phase } from '../store/jobs.js';
import { shownUnits } from '../store/recent-numbers.js';
import { ResultLog } from '../store/result-log.js';
import type { Schedule } from '../work/schedule.js';
import { isRun } from '../work/work.js';
import { attempt } from './attempt.js';
import {
  type Cancellation,
  cancelledElsewhere,
  type Elsewhere,
  failureElsewhere,
  isCompleteElsewhere,
} from './elsewhere.js';
import type { Prepared } from './prepare.js';
import { fileOf, resultFiles } from './result.js';
import { agreeOnEnd, agreeOnStart, type Start } from './start.js';
import { isPassing, troubleOf } from './trouble.js';

/** What a job needs of its node. */
export interface Surroundings {
  readonly party: number;
  readonly store: JobStore;
  /** The other nodes, for this job. */
  readonly network: (job: StationJob) => Network;
  /** Opens the data sets and reads the programs; throws when something is missing. */
  readonly prepare: (signal: AbortSignal) => Promise<Prepared>;
  /** Keeps a recipient's file where it will collect it. */
  readonly deliver: (to: string, file: Uint8Array) => Promise<void>;
  /** What the other nodes say of the job; nothing any more when the signal comes. */
  readonly elsewhere: (job: string, signal: AbortSignal) => Promise<Elsewhere>;
  /** Hash of the last entry of the audit log. */
  readonly head: () => string;
  /** The nodes have met; `heads` are those of the others. */
  readonly met: (heads: Start['heads']) => Promise<void>;
  /** The job was ended by a role. */
  readonly cancelled: (cancellation: Cancellation) => Promise<void>;
  /** Units from one checkpoint to the next. */
  readonly checkpointEvery: number;
  readonly log: (event: string, details: Readonly<Record<string, unknown>>) => void;
}

/** What a job has taken of this node since the process runs. */
export interface Spent {
  /** Payload bytes of all attempts. */
  readonly sent: number;
  readonly received: number;
  /** That the runs which are over were planned to take. */
  readonly rounds: number;
  readonly units: number;
}

/** Milliseconds between attempts. */
const [firstPause, longestPause] = [100, 1000];
/** Milliseconds to meet the others before they are asked why they do not come, */
const meetingTime = 10_000;
/** and to look for others that have no need to meet. */
const completeTime = 3000;

export const isOver = ({ phase }: JobState): boolean =>
  phase === 'done' || phase === 'failed' || phase === 'cancelled';

const isOverForGood = ({ phase }: JobState): boolean => phase === 'done' || phase === 'cancelled';

/** Whatever came after a unit is done again. That checkpoints are gone is on disk with the log's new name. */
const goBack = async (checkpoints: Checkpoints, log: ResultLog, unit: number): Promise<void> => {
  await checkpoints.keepUpTo(unit);
  await log.keepBefore(unit);
};

export class Job {
  readonly #events = new EventEmitter().setMaxListeners(0);
  #state: JobState;
  #channel: Channel | undefined;
  /** When the node closes or the job is cancelled. */
  #ending = new AbortController();
  #isGoing = false;
  #cancelling: Promise<boolean> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #going: Promise<void> = Promise.resolve();
  #spent: Spent = { sent: 0, received: 0, rounds: 0, units: 0 };
  /** What is revealed while an attempt is on. */
  #revealing: { readonly log: ResultLog; readonly schedule: Schedule } | undefined;

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

  get spent(): Spent {
    const { sent, received, ...rest } = this.#spent;
    const now = this.#channel?.traffic;
    return { sent: sent + (now?.sent.bytes ?? 0), received: received + (now?.received.bytes ?? 0), ...rest };
  }

  /** Goes on until the job is over or `close` is called. */
  start(): void {
    this.#isGoing = true;
    this.#going = this.#loop()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#isGoing = false;
      });
  }

  /** Told of every change, until the returned function is called. */
  watch(listener: (state: JobState) => void): () => void {
    this.#events.on('state', listener);
    return () => void this.#events.off('state', listener);
  }

  /** This node's shares of the last single numbers that units before `until` have revealed to a role. Throws `bad-argument` unless these are settled. */
  numbersSoFar(to: string, until: number): Uint8Array {
    const { record, around } = this;
    if (this.#revealing === undefined || until > this.#state.settled)
      throw new TriadError('bad-argument', `job ${record.id} is not that far`, { remedy: 'wait' });
    const { log, schedule } = this.#revealing;
    const id = createHash('sha256').update(`${record.id}/${to}/${until}`).digest('hex').slice(0, 32);
    return fileOf(log.recent.of(to, until, shownUnits(revealsOf(schedule))), {
      schedule,
      party: around.party,
      id,
    });
  }

  /** Ends the job for good, also one that failed; false when it had ended before. */
  cancel(by: string): Promise<boolean> {
    this.#cancelling ??= this.#cancel(by).finally(() => {
      this.#cancelling = undefined;
    });
    return this.#cancelling;
  }

  async #cancel(by: string): Promise<boolean> {
    if (isOverForGood(this.#state)) return false;
    await this.#stop(new TriadError('closed', `job ${this.record.id} was cancelled by ${by}`));
    if (isOverForGood(this.#state)) return false;
    await this.#orNot(() => this.#cancelled({ who: by }));
    return true;
  }

  /** Tries a failed job again from its last checkpoint; one that is under way goes on. `resumption` names this at all nodes. */
  async resume(resumption: string): Promise<void> {
    if (isOver(this.#state)) await this.#going;
    this.#checkGoesOn();
    const { trouble: _, ...rest } = this.#state;
    if (this.#isGoing) return this.#become(rest.phase, { ...rest, resumption });
    await this.#orNot(() => this.#become('waiting', { ...rest, resumption }));
    // It may have been cancelled meanwhile.
    this.#checkGoesOn();
    this.#ending = new AbortController();
    this.start();
  }

  #checkGoesOn(): void {
    const { id } = this.record;
    if (this.#cancelling !== undefined)
      throw new TriadError('closed', `job ${id} is being cancelled`, { remedy: 'wait' });
    if (isOverForGood(this.#state))
      throw new TriadError('bad-argument', `job ${id} is ${this.#state.phase}, for good`, {
        remedy: 'submit it again',
      });
  }

  /** Leaves the job as it is on disk, to go on when the node starts again. */
  async close(): Promise<void> {
    await this.#stop(new TriadError('closed', `party ${this.around.party} is being stopped`));
    await this.#cancelling?.catch(() => {});
  }

  /** What cannot be written down has not happened: it may be asked for again. */
  async #orNot(act: () => Promise<void>): Promise<void> {
    const before = this.#state;
    try {
      await act();
    } catch (error) {
      this.#state = before;
      throw error;
    }
  }

  async #stop(reason: TriadError): Promise<void> {
    this.#ending.abort(reason);
    await this.#channel?.close(reason);
    await this.#going;
    await this.#writing.catch(() => {});
  }

  async #loop(): Promise<void> {
    const { signal } = this.#ending;
    for (let pause = firstPause; !signal.aborted; pause = Math.min(2 * pause, longestPause)) {
      const before = this.#state.unit;
      try {
        await this.#attempt();
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!isPassing(error)) return this.#fail(error);
        this.around.log('attempt ended', { job: this.record.id, reason: (error as Error).message });
        if (await this.#isOverElsewhere()) return;
        await this.#become('waiting');
        if (this.#state.unit > before) pause = firstPause;
        await sleep(pause, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** Ends the job here, too, when it cannot go on because others have ended it. */
  async #isOverElsewhere(): Promise<boolean> {
    const { signal } = this.#ending;
    const others = await this.around.elsewhere(this.record.id, signal);
    if (signal.aborted) return true;
    const cancellation = cancelledElsewhere(others);
    const failure = failureElsewhere(others, this.#state.resumption);
    if (cancellation !== undefined) await this.#cancelled(cancellation);
    else if (failure !== undefined) await this.#fail(failure);
    return cancellation !== undefined || failure !== undefined;
  }

  async #attempt(): Promise<void> {
    const { around } = this;
    const { id } = this.record;
    const { signal } = this.#ending;
    const { result } = this.#state;
    if (result !== undefined && isCompleteElsewhere(await around.elsewhere(id, signal), result))
      return this.#done();
    await using prepared = await around.prepare(signal);
    // With all results on disk there may be nobody to meet any more: look again soon.
    const timeout = result === undefined ? meetingTime : completeTime;
    const network = around.network({ job: id, timeout, signal });
    const channel = await network.join(around.party, prepared.agreement);
    this.#channel = channel;
    try {
      await this.#meet(prepared, channel);
    } catch (error) {
      await channel.close(error instanceof Error ? error : new Error(String(error)));
      throw error;
    } finally {
      this.#spent = this.spent;
      this.#channel = undefined;
    }
    await this.#done();
  }

  async #meet(prepared: Prepared, channel: Channel): Promise<void> {
    this.#ending.signal.throwIfAborted();
    const checkpoints = new Checkpoints(this.around.store.at(this.record.id));
    const { head, met, checkpointEvery: every } = this.around;
    const { result = '' } = this.#state;
    const progress = { units: await checkpoints.units(), result, every, head: head() };
    const start = await agreeOnStart(channel, progress, Date.now());
    await met(start.heads);
    if (start.complete) await channel.close();
    else await this.#run(prepared, checkpoints, start, channel);
  }

  async #run(prepared: Prepared, checkpoints: Checkpoints, start: Start, channel: Channel): Promise<void> {
    const { record, around } = this;
    const { result: _, ...rest } = this.#state;
    const { units } = prepared.schedule;
    const { unit } = start;
    await this.#become('running', { ...rest, unit, units, settled: unit, attempts: rest.attempts + 1 });
    const log = await ResultLog.open(around.store.resultsPath(record.id));
    await goBack(checkpoints, log, unit);
    const task = {
      ...prepared,
      log,
      checkpoints,
      every: start.every,
      onProgress: (unit: number, rounds: number) => this.#advance(unit, rounds),
      onSettled: (settled: number) => {
        this.#state = { ...this.#state, settled };
        log.recent.settle(settled);
      },
    };
    this.#revealing = { log, schedule: prepared.schedule };
    const end = async (model: Uint8Array | undefined) => {
      const { schedule } = prepared;
      const files = await resultFiles(log, { schedule, party: around.party, id: start.id });
      for (const [to, file] of files) await around.deliver(to, file);
      if (model !== undefined) await around.store.setModel(record.id, model);
      await this.#become('running', { ...this.#state, unit: units, result: start.id });
      await agreeOnEnd(channel);
    };
    try {
      await attempt(task, channel, start.unit, end);
    } finally {
      this.#revealing = undefined;
      await log.close();
    }
  }

  #advance(unit: number, rounds: number): void {
    this.#spent = { ...this.#spent, rounds: this.#spent.rounds + rounds, units: this.#spent.units + 1 };
    if (unit <= this.#state.unit) return;
    this.#state = { ...this.#state, unit };
    this.#events.emit('state', this.#state);
  }

  async #done(): Promise<void> {
    await this.#become('done');
    await this.around.store.clean(this.record.id);
  }

  async #cancelled(cancellation: Cancellation): Promise<void> {
    await this.#become('cancelled', { ...this.#state, cancelledBy: cancellation.who });
    await this.around.cancelled(cancellation);
    await this.around.store.clean(this.record.id);
  }

  /** A disk that does not even take the state is told of in the log; the job goes on when the node starts again. */
  async #fail(error: unknown): Promise<void> {
    const { id } = this.record;
    if (isOverForGood(this.#state)) {
      this.around.log('not tidied up', { job: id, reason: (error as Error).message });
      return;
    }
    await this.#become('failed', { ...this.#state, trouble: troubleOf(error) }).catch((reason: Error) =>
      this.around.log('state not kept', { job: id, reason: reason.message }),
    );
  }

  /** Takes a phase, and whatever else changes with it. */
  async #become(phase: Phase, next = this.#state): Promise<void> {
    const since = phase === this.#state.phase ? this.#state.since : new Date().toISOString();
    const state = { ...next, phase, since };
    this.#state = state;
    const write = () => this.around.store.setState(this.record.id, state);
    this.#writing = this.#writing.then(write, write);
    this.#writing.catch(() => {});
    try {
      await this.#writing;
    } finally {
      this.#events.emit('state', state);
      const { unit, trouble } = state;
      this.around.log('job', { job: this.record.id, phase, unit, ...(trouble && { trouble }) });
    }
  }
}

/** Reveals of a unit, at most. */
const revealsOf = ({ spans }: Schedule): number =>
  Math.max(...spans.map(({ stage }) => (isRun(stage) ? (stage.reveal?.length ?? 0) : 1)));
