/** A computing party as a service: it keeps shares of data sets, runs jobs with the other two, and hands out results. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Manifest, writeFileWhole } from '@triad/data';
import type { Federation, Station } from '@triad/net';
import { TriadError } from '@triad/protocol';
import { type Grant, readGrant } from './policy/grant.js';
import { decide } from './policy/policy.js';
import { isOver, Job, type Spent, type Surroundings } from './run/job.js';
import { prepare } from './run/prepare.js';
import type { AuditEvent, AuditLog } from './store/audit.js';
import type { DataSets, Expected, Piece } from './store/data-sets.js';
import { setNameOf } from './store/data-sets.js';
import type { Folder } from './store/folder.js';
import type { Grants } from './store/grants.js';
import { type JobRecord, type JobState, JobStore } from './store/jobs.js';
import { type ParsedWork, parseWork } from './work/parsed.js';
import { readWork } from './work/work.js';

const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string };

/** How much one role may ask of a node. */
export interface Limits {
  /** Of its data sets, in bytes. */
  readonly bytes: number;
  /** Jobs it submitted that are not over. */
  readonly jobs: number;
  /** In a minute. */
  readonly requests: number;
}

/** A job as those who take part in it see it. */
export interface JobView extends JobState {
  readonly id: string;
  readonly submitter: string;
  readonly submitted: string;
  readonly work: string;
  readonly sets: readonly string[];
  readonly exposures: readonly { readonly name: string; readonly to: string }[];
}

/** What a node works with; whoever opened it closes it. */
export interface Belongings {
  readonly federation: Federation;
  readonly station: Station;
  readonly folder: Folder;
  readonly audit: AuditLog;
  readonly sets: DataSets;
  readonly grants: Grants;
  readonly limits: Limits;
  readonly checkpointEvery: number;
  /** Encrypts a result to a result party. */
  readonly seal: (to: string, job: string, file: Uint8Array) => Promise<Uint8Array>;
  readonly elsewhere: Surroundings['elsewhere'];
  readonly log: Surroundings['log'];
}

/** A job that was taken. */
interface Admitted {
  readonly job: Job;
  readonly parsed: ParsedWork;
}

export class Node {
  readonly #jobs = new Map<string, Admitted>();
  readonly #store: JobStore;
  /** Decisions that change what is kept are made one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #closing = false;

  private constructor(private readonly own: Belongings) {
    this.#store = new JobStore(own.folder);
  }

  /** Takes up the jobs that were not over. */
  static async open(own: Belongings): Promise<Node> {
    const node = new Node(own);
    for (const { record, state } of await node.#store.all()) {
      const { job } = node.#admit(record, state);
      if (!isOver(state)) job.start();
    }
    await node.#note({ kind: 'started', who: own.station.role });
    return node;
  }

  get federation(): string {
    return this.own.station.federation;
  }

  get limits(): Limits {
    return this.own.limits;
  }

  status() {
    const { federation, role } = this.own.station;
    return { federation, role, version, time: new Date().toISOString(), jobs: this.phases() };
  }

  /** Whether it can be found, and is not being closed. */
  ready(): boolean {
    return !this.#closing && this.own.station.announced();
  }

  /** How many jobs are in each phase. */
  phases(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = { waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
    for (const { job } of this.#jobs.values()) counts[job.state.phase]!++;
    return counts;
  }

  /** What all jobs have taken since the process runs. */
  spent(): Spent {
    const all = [...this.#jobs.values()].map(({ job }) => job.spent);
    const sum = (what: keyof Spent) => all.reduce((n, spent) => n + spent[what], 0);
    return { sent: sum('sent'), received: sum('received'), rounds: sum('rounds'), units: sum('units') };
  }

  /** Bytes of an upload that are here. */
  uploaded(who: string, id: string): Promise<number> {
    return this.own.sets.uploaded(who, id);
  }

  /** Takes in a share file of a data set, or what is missing of it. */
  async store(who: string, expected: Expected, piece: Piece): Promise<Manifest> {
    const set = setNameOf(expected);
    if (who !== expected.owner)
      throw refused(`${who} does not own '${set}'`, 'share data under the own name');
    const manifest = await this.own.sets.add(expected, piece, this.limits.bytes);
    await this.#note({ kind: 'stored', who, set });
    return manifest;
  }

  dataSets(): readonly Manifest[] {
    return this.own.sets.all();
  }

  async remove(who: string, expected: Expected): Promise<void> {
    const set = setNameOf(expected);
    if (who !== expected.owner) throw refused(`${who} does not own '${set}'`, 'let its owner remove it');
    const user = [...this.#jobs.values()].find(
      ({ job }) => !isOver(job.state) && job.record.sets.includes(set),
    );
    if (user !== undefined)
      throw refused(`job ${user.job.record.id} uses '${set}'`, 'cancel the job, or wait for its end');
    await this.own.sets.remove(set);
    await this.own.grants.withdraw(set);
    await this.#note({ kind: 'removed', who, set });
  }

  /** Takes in an owner's grant. */
  async grant(who: string, value: unknown): Promise<void> {
    const grant = readGrant(value, this.#verify);
    const { owner, set, work } = grant.terms;
    if (who !== owner) throw refused(`${who} does not own '${set}'`, 'let its owner grant it');
    await this.own.grants.add(grant);
    await this.#note({ kind: 'granted', who, set, work });
  }

  grants(): readonly Grant[] {
    return this.own.grants.all();
  }

  /** Takes a job, if every owner has signed for it. */
  submit(who: string, id: string, value: unknown): Promise<JobView> {
    return this.#inTurn(async () => {
      const parsed = parseWork(readWork(value));
      if (this.#jobs.has(id)) throw refused(`job ${id} was submitted before`, 'submit it under a new id');
      this.#checkRoom(who);
      const sets = this.#setsOf(parsed);
      const grants = decide({
        work: parsed,
        sets,
        federation: this.federation,
        submitter: who,
        dataSet: (set) => this.own.sets.get(set)?.id,
        grants: (set) => this.own.grants.of(set),
        now: new Date(),
      });
      for (const { to } of parsed.exposures) this.own.federation.member(to);
      const submitted = new Date().toISOString();
      const record = { id, submitter: who, submitted, hash: parsed.hash, work: parsed.work, sets };
      const state: JobState = {
        phase: 'waiting',
        unit: 0,
        units: 0,
        attempts: 0,
        resumed: 0,
        since: submitted,
      };
      await this.own.grants.use(grants, id);
      await this.#store.add(record, state);
      await this.#note({
        kind: 'submitted',
        who,
        job: id,
        work: parsed.hash,
        exposures: exposuresOf(parsed),
      });
      const admitted = this.#admit(record, state);
      admitted.job.start();
      return view(admitted);
    });
  }

  /** The jobs this role takes part in. */
  jobs(who: string): readonly JobView[] {
    return [...this.#jobs.values()].filter((each) => this.#concerns(who, each)).map(view);
  }

  job(who: string, id: string): JobView {
    return view(this.#find(who, id));
  }

  watch(id: string, listener: (view: JobView) => void): () => void {
    const found = this.#jobs.get(id)!;
    return found.job.watch(() => listener(view(found)));
  }

  async cancel(who: string, id: string): Promise<void> {
    const { job } = this.#find(who, id);
    if (who !== job.record.submitter && !ownsOf(job, who))
      throw refused(`${who} may not cancel job ${id}`, 'let its submitter or an owner of its data cancel it');
    await job.cancel(who);
    await this.#note({ kind: 'cancelled', who, job: id });
  }

  async resume(who: string, id: string): Promise<void> {
    const { job } = this.#find(who, id);
    if (who !== job.record.submitter)
      throw refused(`${who} may not resume job ${id}`, 'let its submitter resume it');
    await job.resume();
  }

  /** This node's share of what the job revealed to a role, encrypted to it. */
  async result(who: string, id: string): Promise<Uint8Array> {
    const { job, parsed } = this.#find(who, id);
    if (!parsed.exposures.some(({ to }) => to === who))
      throw refused(`job ${id} reveals nothing to ${who}`, 'let its result party collect it');
    if (job.state.phase !== 'done')
      throw new TriadError('bad-argument', `job ${id} is ${job.state.phase}`, {
        remedy: 'wait until it is done',
      });
    const sealed = await readFile(this.#resultPath(id, who));
    await this.#note({ kind: 'collected', who, job: id });
    return sealed;
  }

  /** Notes that something was refused. */
  refuse(who: string, reason: string): Promise<void> {
    return this.#note({ kind: 'refused', who, reason });
  }

  /** Leaves all jobs as they are on disk. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#turn.catch(() => {});
    await Promise.all(
      [...this.#jobs.values()].map(({ job }) => (isOver(job.state) ? undefined : job.close())),
    );
  }

  readonly #verify = (role: string, label: string, bytes: Uint8Array, signature: Uint8Array): boolean =>
    this.own.federation.verify(role, label, bytes, signature);

  #admit(record: JobRecord, state: JobState) {
    const parsed = parseWork(record.work);
    const job = new Job(record, state, this.#surroundings(parsed));
    const admitted = { job, parsed };
    this.#jobs.set(record.id, admitted);
    job.watch(({ phase, trouble }) => {
      const event = { who: this.own.station.role, job: record.id };
      const exposures = exposuresOf(parsed);
      if (phase === 'done') this.#noteSoon({ kind: 'finished', ...event, exposures });
      if (phase === 'failed') this.#noteSoon({ kind: 'failed', ...event, reason: trouble?.what ?? '' });
    });
    return admitted;
  }

  #surroundings(parsed: ParsedWork): Surroundings {
    const { station, checkpointEvery, elsewhere, log, seal, sets } = this.own;
    return {
      party: station.rank,
      store: this.#store,
      network: (job) => station.network(job),
      prepare: () => prepare(parsed, { set: (name) => sets.open(name), model: (job) => this.#model(job) }),
      deliver: async (job, to, file) =>
        writeFileWhole(this.#resultPath(job, to), await seal(to, job, file), 0o600),
      elsewhere,
      checkpointEvery,
      log,
    };
  }

  /** Data sets that a work's results may tell of. Throws `refused` for the model of a job that left none. */
  #setsOf({ sets, work }: ParsedWork): readonly string[] {
    if (work.model === undefined) return sets;
    const before = this.#jobs.get(work.model);
    if (before?.job.state.phase !== 'done')
      throw refused(`no job ${work.model} is done here`, 'name a job that is, for its model');
    return [...new Set([...sets, ...before.job.record.sets])].sort();
  }

  async #model(id: string): Promise<{ readonly file: Uint8Array; readonly result: string }> {
    return { file: await this.#store.model(id), result: this.#jobs.get(id)?.job.state.result ?? '' };
  }

  #resultPath(job: string, to: string): string {
    return this.#store.at(job, `result-${to}.sealed`);
  }

  #find(who: string, id: string) {
    const found = this.#jobs.get(id);
    if (found !== undefined && this.#concerns(who, found)) return found;
    throw new TriadError('bad-argument', `${who} has no job ${id} here`, {
      remedy: 'look at `triad job list`',
    });
  }

  /** Its submitter, owners of its data, its result parties, and the other nodes. */
  #concerns(who: string, { job, parsed }: Admitted): boolean {
    const { submitter } = job.record;
    return (
      /^\d+$/.test(who) ||
      who === submitter ||
      ownsOf(job, who) ||
      parsed.exposures.some(({ to }) => to === who)
    );
  }

  #checkRoom(who: string): void {
    const open = [...this.#jobs.values()].filter(
      ({ job }) => job.record.submitter === who && !isOver(job.state),
    );
    if (open.length < this.limits.jobs) return;
    throw new TriadError('limit', `${who} has ${open.length} jobs that are not over`, {
      remedy: 'wait for one of them to end',
    });
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act, act);
    this.#turn = done.catch(() => {});
    return done;
  }

  #note(event: AuditEvent): Promise<void> {
    return this.own.audit.append(event);
  }

  /** What has happened already: where it cannot be written down, the log says so. */
  #noteSoon(event: AuditEvent): void {
    this.#note(event).catch((error: Error) =>
      this.own.log('not in the audit log', { ...event, why: error.message }),
    );
  }
}

/** Whether a role owns data of a job. */
const ownsOf = ({ record }: Job, who: string): boolean =>
  record.sets.some((set) => set.startsWith(`${who}/`));

const exposuresOf = ({ exposures }: ParsedWork): readonly string[] =>
  exposures.map(({ what, to }) => `${what} to ${to}`);

const view = ({ job, parsed }: Admitted): JobView => {
  const { id, submitter, submitted, hash, sets } = job.record;
  const exposures = parsed.exposures.map(({ name, to }) => ({ name, to }));
  return { id, submitter, submitted, work: hash, sets, exposures, ...job.state };
};

const refused = (what: string, remedy: string): TriadError => new TriadError('refused', what, { remedy });
