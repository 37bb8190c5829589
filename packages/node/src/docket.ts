/** The jobs of a node: who may submit, see and end them, and what becomes of them. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { writeFileWhole } from '@triad/data';
import type { Station } from '@triad/net';
import { TriadError } from '@triad/protocol';
import { decide, decideAgain, type Request, type Use } from './policy/policy.js';
import { isOver, Job, type Spent, type Surroundings } from './run/job.js';
import { prepare } from './run/prepare.js';
import type { AuditEvent, AuditLog } from './store/audit.js';
import type { DataSets } from './store/data-sets.js';
import type { Grants } from './store/grants.js';
import type { JobRecord, JobState, JobStore, Phase } from './store/jobs.js';
import { fit } from './work/fit.js';
import { type Exposure, type ParsedWork, parseWork } from './work/parsed.js';
import { isNode, readWork } from './work/work.js';

/** A job as those who take part in it see it. */
export interface JobView extends JobState {
  readonly id: string;
  readonly submitter: string;
  readonly submitted: string;
  readonly work: string;
  readonly sets: readonly string[];
  readonly exposures: readonly { readonly name: string; readonly to: string }[];
}

/** A node's share of a result, encrypted to whom it is for. */
export interface Sealed {
  /** In bytes. */
  readonly size: number;
  readonly stream: Readable;
}

/** What the jobs of a node work with. */
export interface DocketParts {
  readonly station: Station;
  readonly store: JobStore;
  readonly sets: DataSets;
  readonly grants: Grants;
  /** Jobs of one role that are not over. */
  readonly mostOpen: number;
  readonly checkpointEvery: number;
  /** Throws for a role that there is not. */
  readonly checkRole: (role: string) => void;
  /** Encrypts a result to a result party. */
  readonly seal: (to: string, job: string, file: Uint8Array) => Promise<Uint8Array>;
  readonly elsewhere: Surroundings['elsewhere'];
  readonly log: Surroundings['log'];
  readonly audit: AuditLog;
}

/** Jobs of one role that are kept, and what they use and reveal in all; ids are remembered for good. */
const [mostKept, mostSaid] = [10_000, 2 ** 16];

export class Docket {
  readonly #jobs = new Map<string, Job>();
  /** What is being written to the audit log. */
  readonly #notes = new Set<Promise<void>>();

  private constructor(private readonly parts: DocketParts) {}

  /** Takes up the jobs that were not over. */
  static async open(parts: DocketParts): Promise<Docket> {
    const docket = new Docket(parts);
    for (const { record, state } of await parts.store.all()) {
      const job = docket.#admit(record, state);
      if (!isOver(state)) job.start();
      // The process may have ended before it had tidied up.
      else if (state.phase !== 'failed') await parts.store.clean(record.id);
    }
    return docket;
  }

  /** How many jobs are in each phase. */
  phases(): Readonly<Record<Phase, number>> {
    const counts = { waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
    for (const { state } of this.#jobs.values()) counts[state.phase]++;
    return counts;
  }

  /** What all jobs have taken since the process runs. */
  spent(): Spent {
    const all = [...this.#jobs.values()].map(({ spent }) => spent);
    const sum = (what: keyof Spent) => all.reduce((n, spent) => n + spent[what], 0);
    return { sent: sum('sent'), received: sum('received'), rounds: sum('rounds'), units: sum('units') };
  }

  /** Takes a job, if every owner has signed for it. */
  async submit(who: string, id: string, value: unknown): Promise<JobView> {
    const { station, store, sets, grants, checkRole, audit } = this.parts;
    if (this.#jobs.has(id)) throw refused(`job ${id} was submitted before`, 'submit it under a new id');
    this.#checkRoom(who);
    const parsed = parseWork(readWork(value));
    const { federation } = station;
    const uses = decide({ work: parsed, trained: this.#trainedOn(parsed), federation, ...this.#today(who) });
    for (const { to } of parsed.exposures) checkRole(to);
    fit(parsed, (set) => sets.get(set)!.manifest);
    const { hash, work, exposures } = parsed;
    const submitted = new Date().toISOString();
    const record = { id, submitter: who, submitted, hash, exposures, uses };
    const state: JobState = {
      phase: 'waiting',
      unit: 0,
      units: 0,
      settled: 0,
      attempts: 0,
      resumption: '',
      since: submitted,
    };
    await grants.use(uses, id);
    try {
      await audit.append({ kind: 'submitted', who, job: id, work: hash, exposures: said(exposures) });
      await store.add(record, state, work);
    } catch (error) {
      await grants.giveBack(uses, id).catch(() => {});
      throw error;
    }
    const job = this.#admit(record, state);
    job.start();
    return view(job);
  }

  /** The jobs this role takes part in. */
  list(who: string): readonly JobView[] {
    return [...this.#jobs.values()].filter((job) => concerns(job, who)).map(view);
  }

  get(who: string, id: string): JobView {
    return view(this.#find(who, id));
  }

  /** Told of every change, until the returned function is called. */
  watch(who: string, id: string, listener: () => void): () => void {
    return this.#find(who, id).watch(listener);
  }

  async cancel(who: string, id: string): Promise<void> {
    const job = this.#find(who, id);
    if (who !== job.record.submitter && !ownsOf(job, who))
      throw refused(`${who} may not cancel job ${id}`, 'let its submitter or an owner of its data cancel it');
    await job.cancel(who);
  }

  /** Tries a failed job again, if what its owners signed holds still. */
  async resume(who: string, id: string, resumption: string): Promise<void> {
    const job = this.#find(who, id);
    if (who !== job.record.submitter)
      throw refused(`${who} may not resume job ${id}`, 'let its submitter resume it');
    if (job.state.phase === 'failed') this.#checkRoom(who);
    decideAgain(job.record.uses, this.#today(who));
    await this.parts.audit.append({ kind: 'resumed', who, job: id });
    await job.resume(resumption);
  }

  /** Jobs that can use a data set no more: those that failed and could be resumed. Throws `refused` while one is under way. */
  async release(set: string, who: string): Promise<void> {
    const users = [...this.#jobs.values()].filter(({ record }) => setsOf(record).includes(set));
    const busy = users.find(({ state }) => !isOver(state));
    if (busy !== undefined)
      throw refused(`job ${busy.record.id} uses '${set}'`, 'cancel the job, or wait for its end');
    for (const job of users) await job.cancel(who);
  }

  /** This node's share of what the job revealed to a role, encrypted to it. */
  async result(who: string, id: string): Promise<Sealed> {
    const job = this.#find(who, id);
    checkReveals(job, who);
    const { state } = job;
    if (state.phase !== 'done') throw noResult(id, state);
    const path = this.#resultPath(id, who);
    const { size } = await stat(path);
    await this.parts.audit.append({ kind: 'collected', who, job: id });
    return { size, stream: createReadStream(path) };
  }

  /** The same of the last single numbers that units before one have revealed to it, while the job goes on. */
  async numbersSoFar(who: string, id: string, until: number): Promise<Uint8Array> {
    const job = this.#find(who, id);
    checkReveals(job, who);
    return this.parts.seal(who, id, job.numbersSoFar(who, until));
  }

  /** Leaves all jobs as they are on disk. */
  async close(): Promise<void> {
    await Promise.all([...this.#jobs.values()].map((job) => job.close()));
    await Promise.all(this.#notes);
  }

  #admit(record: JobRecord, state: JobState): Job {
    const { audit, station, checkpointEvery, elsewhere, grants, log, seal, store } = this.parts;
    const job = new Job(record, state, {
      party: station.rank,
      store,
      network: (options) => station.network(options),
      prepare: (signal) => this.#prepare(record, signal),
      deliver: async (to, file) =>
        writeFileWhole(this.#resultPath(record.id, to), await seal(to, record.id, file), 0o600),
      elsewhere,
      head: () => audit.head,
      met: (heads) => audit.append({ kind: 'met', who: station.role, job: record.id, heads }),
      cancelled: async (cancellation) => {
        // It has revealed nothing.
        if (job.state.attempts === 0) await grants.giveBack(record.uses, record.id);
        await audit.append({ kind: 'cancelled', job: record.id, ...cancellation });
      },
      checkpointEvery,
      log,
    });
    this.#jobs.set(record.id, job);
    job.watch(({ phase, trouble }) => {
      const event = { who: station.role, job: record.id };
      if (phase === 'done') this.#noteSoon({ kind: 'finished', ...event, exposures: said(record.exposures) });
      if (phase === 'failed') this.#noteSoon({ kind: 'failed', ...event, reason: trouble?.what ?? '' });
    });
    return job;
  }

  async #prepare(record: JobRecord, signal: AbortSignal) {
    const { store, sets } = this.parts;
    const parsed = parseWork(await store.work(record.id));
    return prepare(parsed, record.uses, {
      set: (name) => sets.open(name, signal),
      model: async (id) => ({
        file: await store.model(id),
        result: this.#jobs.get(id)?.state.result ?? '',
      }),
    });
  }

  /** Data that a work's model was trained on. Throws `refused` for the model of a job that is not done. */
  #trainedOn({ work: { model } }: ParsedWork): readonly Use[] {
    if (model === undefined) return [];
    const before = this.#jobs.get(model);
    if (before?.state.phase === 'done') return before.record.uses;
    throw refused(`no job ${model} is done here`, 'name a job that is, for its model');
  }

  #today(submitter: string): Pick<Request, 'submitter' | 'digestOf' | 'grants' | 'now'> {
    const { sets, grants } = this.parts;
    return {
      submitter,
      digestOf: (set) => sets.get(set)?.digest,
      grants: (set) => grants.of(set),
      now: new Date(),
    };
  }

  #resultPath(job: string, to: string): string {
    return this.parts.store.at(job, `result-${to}.sealed`);
  }

  #find(who: string, id: string): Job {
    const job = this.#jobs.get(id);
    if (job !== undefined && concerns(job, who)) return job;
    throw new TriadError('bad-argument', `${who} has no job ${id} here`, {
      remedy: 'look at `triad job list`',
    });
  }

  #checkRoom(who: string): void {
    const own = [...this.#jobs.values()].filter(({ record }) => record.submitter === who);
    const open = own.filter(({ state }) => !isOver(state)).length;
    if (open >= this.parts.mostOpen)
      throw new TriadError('limit', `${who} has ${open} jobs that are not over`, {
        remedy: 'wait for one of them to end',
      });
    const terms = own.reduce((n, { record }) => n + record.exposures.length + record.uses.length, 0);
    if (own.length >= mostKept || terms > mostSaid)
      throw new TriadError('limit', `${who} has submitted ${own.length} jobs`, {
        remedy: 'begin a new federation',
      });
  }

  /** What has happened already: where it cannot be written down, the log says so. */
  #noteSoon(event: AuditEvent): void {
    const { audit, log } = this.parts;
    const note = audit
      .append(event)
      .catch((error: Error) => log('not in the audit log', { ...event, why: error.message }))
      .finally(() => this.#notes.delete(note));
    this.#notes.add(note);
  }
}

/** Its submitter, owners of its data, its result parties, and the nodes. */
const concerns = (job: Job, who: string): boolean =>
  isNode(who) ||
  who === job.record.submitter ||
  ownsOf(job, who) ||
  job.record.exposures.some(({ to }) => to === who);

const checkReveals = ({ record: { id, exposures } }: Job, who: string): void => {
  if (exposures.some(({ to }) => to === who)) return;
  throw refused(`job ${id} reveals nothing to ${who}`, 'let its result party collect it');
};

const noResult = (id: string, { phase, trouble }: JobState): TriadError => {
  if (phase === 'cancelled')
    return new TriadError('bad-argument', `job ${id} was cancelled`, { remedy: 'submit it again' });
  if (phase !== 'failed')
    return new TriadError('bad-argument', `job ${id} is ${phase}`, { remedy: 'wait until it is done' });
  const { what = 'it is not known why', remedy } = trouble ?? {};
  return new TriadError('bad-argument', `job ${id} failed: ${what}`, {
    remedy: `${remedy === undefined ? '' : `${remedy}; then `}resume it (triad job resume), or submit it again`,
  });
};

const setsOf = ({ uses }: JobRecord): readonly string[] => uses.map(({ set }) => set);

const ownsOf = ({ record }: Job, who: string): boolean =>
  setsOf(record).some((set) => set.startsWith(`${who}/`));

const said = (exposures: readonly Exposure[]): readonly string[] =>
  exposures.map(({ what, to }) => `${what} to ${to}`);

const view = ({ record, state }: Job): JobView => {
  const { id, submitter, submitted, hash } = record;
  const exposures = record.exposures.map(({ name, to }) => ({ name, to }));
  return { id, submitter, submitted, work: hash, sets: setsOf(record), exposures, ...state };
};

const refused = (what: string, remedy: string): TriadError => new TriadError('refused', what, { remedy });
