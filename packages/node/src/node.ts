/** A computing party as a service: it keeps shares of data sets, runs jobs with the other two, and hands out results. */
import { createRequire } from 'node:module';
import type { Manifest } from '@triad/data';
import type { Federation, Station } from '@triad/net';
import { TriadError } from '@triad/protocol';
import { Docket, type DocketParts, type JobView, type Sealed } from './docket.js';
import { type Grant, readGrant } from './policy/grant.js';
import type { GrantState } from './policy/policy.js';
import type { Spent } from './run/job.js';
import { type DataSets, type Expected, type SharePiece, setNameOf } from './store/data-sets.js';
import type { Grants } from './store/grants.js';
import { isNode } from './work/work.js';

const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string };

/** How much one role may ask of a node. */
export interface Limits {
  /** Of its data sets, those that are being sent included. */
  readonly bytes: number;
  /** Jobs it submitted that are not over. */
  readonly jobs: number;
  /** In a minute. */
  readonly requests: number;
}

/** What a node works with; whoever opened it closes it. */
export interface Belongings
  extends Pick<DocketParts, 'audit' | 'store' | 'checkpointEvery' | 'seal' | 'elsewhere' | 'log'> {
  readonly federation: Federation;
  readonly station: Station;
  readonly sets: DataSets;
  readonly grants: Grants;
  readonly limits: Limits;
}

export class Node {
  #docket!: Docket;
  /** Decisions that change what is kept are made one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #closing = false;

  private constructor(private readonly own: Belongings) {}

  /** Takes up the jobs that were not over. */
  static async open(own: Belongings): Promise<Node> {
    const node = new Node(own);
    const { federation, limits, audit } = own;
    await audit.append({ kind: 'started', who: own.station.role });
    node.#docket = await Docket.open({
      ...own,
      mostOpen: limits.jobs,
      checkRole: (role) => void federation.member(role),
    });
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

  phases(): Readonly<Record<string, number>> {
    return this.#docket.phases();
  }

  spent(): Spent {
    return this.#docket.spent();
  }

  dataSetCount(): number {
    return this.own.sets.all().length;
  }

  /** Bytes of an upload that are here. */
  uploaded(who: string, id: string): Promise<number> {
    return this.own.sets.uploaded(who, id);
  }

  /** Takes in a share file of a data set, or what is missing of it. */
  async store(who: string, expected: Expected, piece: SharePiece): Promise<Manifest> {
    checkOwner(who, expected, 'share data under the own name');
    const manifest = await this.own.sets.add(expected, piece, this.limits.bytes);
    await this.own.audit.append({ kind: 'stored', who, set: setNameOf(expected) });
    return manifest;
  }

  /** Data sets that a role owns, or may use; nodes see all. */
  dataSets(who: string): readonly Manifest[] {
    return this.own.sets.all().filter((manifest) => this.#mayKnow(who, manifest.owner, setNameOf(manifest)));
  }

  async remove(who: string, expected: Expected): Promise<void> {
    const set = setNameOf(expected);
    checkOwner(who, expected, 'let its owner remove it');
    const { sets, grants, audit } = this.own;
    await this.#inTurn(async () => {
      await this.#docket.release(set, who);
      await sets.remove(set);
      await grants.withdraw(set);
      await audit.append({ kind: 'removed', who, set });
    });
  }

  /** Takes in an owner's grant. */
  async grant(who: string, value: unknown): Promise<void> {
    const { federation, grants, sets, audit } = this.own;
    const grant = readGrant(value, federation.verify);
    const { owner, set, work, dataSet } = grant.terms;
    if (who !== owner) throw notOwner(who, set, 'let its owner grant it');
    await this.#inTurn(async () => {
      if (sets.get(set)?.digest !== dataSet)
        throw new TriadError('bad-argument', `the grant is for other data than '${set}' is here`, {
          remedy: 'share the data with all nodes, then grant it',
        });
      if (await grants.add(grant)) await audit.append({ kind: 'granted', who, set, work });
    });
  }

  /** Takes a grant back. Jobs that are under way go on; one that failed is not resumed with it. */
  async withdraw(who: string, id: string): Promise<void> {
    const { grants, audit } = this.own;
    await this.#inTurn(async () => {
      const { terms } = await grants.remove(who, id);
      await audit.append({ kind: 'withdrawn', who, set: terms.set, work: terms.work });
    });
  }

  /** Grants that a role has signed, or may use; nodes see all. */
  grants(who: string): readonly GrantState[] {
    return this.own.grants
      .all()
      .filter(({ grant }) => isNode(who) || who === grant.terms.owner || admits(grant, who));
  }

  submit(who: string, id: string, value: unknown): Promise<JobView> {
    return this.#inTurn(() => this.#docket.submit(who, id, value));
  }

  jobs(who: string): readonly JobView[] {
    return this.#docket.list(who);
  }

  job(who: string, id: string): JobView {
    return this.#docket.get(who, id);
  }

  watch(who: string, id: string, listener: () => void): () => void {
    return this.#docket.watch(who, id, listener);
  }

  /** Not in turn: it waits until nothing of the job is under way, however long that takes. */
  async cancel(who: string, id: string): Promise<void> {
    this.#checkOpen();
    await this.#docket.cancel(who, id);
  }

  resume(who: string, id: string, resumption: string): Promise<void> {
    return this.#inTurn(() => this.#docket.resume(who, id, resumption));
  }

  result(who: string, id: string): Promise<Sealed> {
    return this.#docket.result(who, id);
  }

  numbersSoFar(who: string, id: string, until: number): Promise<Uint8Array> {
    return this.#docket.numbersSoFar(who, id, until);
  }

  /** Notes that something was refused. */
  refuse(who: string, reason: string): Promise<void> {
    return this.own.audit.append({ kind: 'refused', who, reason });
  }

  /** Leaves all jobs as they are on disk. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#turn;
    await this.#docket.close();
  }

  #mayKnow(who: string, owner: string, set: string): boolean {
    return isNode(who) || who === owner || this.own.grants.of(set).some(({ grant }) => admits(grant, who));
  }

  #checkOpen(): void {
    if (this.#closing) throw closing(this.own.station.role);
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(() => {
      this.#checkOpen();
      return act();
    });
    this.#turn = done.catch(() => {});
    return done;
  }
}

const admits = ({ terms }: Grant, who: string): boolean => terms.submitters.includes(who);

const closing = (role: string): TriadError =>
  new TriadError('closed', `node ${role} is being stopped`, { remedy: 'ask again when it is back' });

const checkOwner = (who: string, expected: Expected, remedy: string): void => {
  if (who !== expected.owner) throw notOwner(who, setNameOf(expected), remedy);
};

const notOwner = (who: string, set: string, remedy: string): TriadError =>
  new TriadError('refused', `${who} does not own '${set}'`, { remedy });
