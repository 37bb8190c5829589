/** A computing party as a service: it keeps shares of data sets, runs jobs with the other two, and hands out results. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Manifest, writeFileWhole } from '@triad/data';
import type { Federation, Station } from '@triad/net';
import { TriadError } from '@triad/protocol';
import { type Grant, readGrant } from './policy/grant.js';
import { decide } from './policy/policy.js';
import { isOver, Job, type Surroundings } from './run/job.js';
import { prepare } from './run/prepare.js';
import type { AuditEvent, AuditLog } from './store/audit.js';
import type { DataSets, Expected } from './store/data-sets.js';
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
  readonly othersComplete: (job: string) => Promise<boolean>;
  readonly log: Surroundings['log'];
}

export class Node {
  readonly #jobs = new Map<string, { readonly job: Job; readonly parsed: ParsedWork }>();
  readonly #store: JobStore;
  /** Decisions that change what is kept are made one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

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

  /** How many jobs are in each phase. */
  phases(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = { waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
    for (const { job } of this.#jobs.values()) counts[job.state.phase]!++;
    return counts;
  }

  /** Payload bytes of the jobs that are running. */
  traffic(): { readonly sent: number; readonly received: number } {
    const all = [...this.#jobs.values()].flatMap(({ job }) => job.traffic ?? []);
    const sum = (way: 'sent' | 'received') => all.reduce((n, traffic) => n + traffic[way].bytes, 0);
    return { sent: sum('sent'), received: sum('received') };
  }

  /** Takes in a share file of a data set. */
  async store(who: string, expected: Expected, body: AsyncIterable<Uint8Array>): Promise<Manifest> {
    const set = setNameOf(expected);
    if (who !== expected.owner)
      throw refused(`${who} does not own '${set}'`, 'share data under the own name');
    const manifest = await this.own.sets.add(expected, body, this.limits.bytes);
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
      ({ job, parsed }) => !isOver(job.state) && parsed.sets.includes(set),
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
      const grants = decide({
        work: parsed,
        federation: this.federation,
        submitter: who,
        dataSet: (set) => this.own.sets.get(set)?.id,
        grants: (set) => this.own.grants.of(set),
        now: new Date(),
      });
      for (const { to } of parsed.exposures) this.own.federation.member(to);
      const submitted = new Date().toISOString();
      const record = { id, submitter: who, submitted, hash: parsed.hash, work: parsed.work };
      const state: JobState = { phase: 'waiting', unit: 0, units: 0, attempts: 0, since: submitted };
      await this.own.grants.use(grants, id);
      await this.#store.add(record, state);
      const exposures = parsed.exposures.map(({ what, to }) => `${what} to ${to}`);
      await this.#note({ kind: 'submitted', who, job: id, work: parsed.hash, exposures });
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
    const { job, parsed } = this.#find(who, id);
    if (who !== job.record.submitter && !parsed.sets.some((set) => set.startsWith(`${who}/`)))
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
      if (phase === 'done') void this.#note({ kind: 'finished', ...event });
      if (phase === 'failed') void this.#note({ kind: 'failed', ...event, reason: trouble?.what ?? '' });
    });
    return admitted;
  }

  #surroundings(parsed: ParsedWork): Surroundings {
    const { station, checkpointEvery, othersComplete, log, seal, sets } = this.own;
    return {
      party: station.rank,
      store: this.#store,
      network: (job, timeout) => station.network({ job, timeout }),
      prepare: () => prepare(parsed, (set) => sets.open(set)),
      deliver: async (job, to, file) =>
        writeFileWhole(this.#resultPath(job, to), await seal(to, job, file), 0o600),
      othersComplete,
      checkpointEvery,
      log,
    };
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
  #concerns(who: string, { job, parsed }: { readonly job: Job; readonly parsed: ParsedWork }): boolean {
    const { submitter } = job.record;
    return (
      /^\d+$/.test(who) ||
      who === submitter ||
      parsed.sets.some((set) => set.startsWith(`${who}/`)) ||
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
}

const view = ({ job, parsed }: { readonly job: Job; readonly parsed: ParsedWork }): JobView => {
  const { id, submitter, submitted, hash } = job.record;
  const exposures = parsed.exposures.map(({ name, to }) => ({ name, to }));
  return { id, submitter, submitted, work: hash, sets: parsed.sets, exposures, ...job.state };
};

const refused = (what: string, remedy: string): TriadError => new TriadError('refused', what, { remedy });
