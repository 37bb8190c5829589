/** The three nodes of a federation, as data owners, submitters and result parties use them. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { aby3 } from '@triad/aby3';
import { type Manifest, manifestDigest } from '@triad/data';
import { decryptModel, type Weights } from '@triad/layers';
import {
  type LookUp,
  type LookUpOptions,
  lookUp,
  type RoleCredentials,
  readFederation,
  signer,
} from '@triad/net';
import { TriadError } from '@triad/protocol';
import type { JobView } from '../docket.js';
import { type Grant, grantWork } from '../policy/grant.js';
import type { GrantState } from '../policy/policy.js';
import { isOver } from '../run/job.js';
import { unseal } from '../seal.js';
import { parseWork } from '../work/parsed.js';
import { readWork, type Work } from '../work/work.js';
import { zeros } from '../zeros.js';
import { Reach, ranks } from './reach.js';
import { isAway, type NodeConnection } from './request.js';
import { type NodeStatus, readStatus } from './status.js';
import { upload } from './upload.js';

export interface ClientOptions extends Omit<LookUpOptions, 'tls'> {
  readonly identity: RoleCredentials;
}

export interface Allowance {
  /** `owner/name`, of the client's own. */
  readonly set: string;
  readonly submitters: readonly string[];
  /** Default: in 30 days. */
  readonly expires?: Date;
  /** Jobs; default 1. */
  readonly uses?: number;
}

/** Bytes there and back, each 8 MiB at most. */
export interface Echo {
  readonly send: number;
  readonly receive: number;
}

export interface Collecting {
  /**
   * Told of a node whose part does not come: two are enough for the values, but then nothing shows whether one of them lies. Default: a part that
   * does not come is an error.
   */
  readonly onMissing?: (node: number, reason: Error) => void;
}

/** Parts that give the values. */
const enough = 2;
/** Milliseconds between looks at nodes that are away. */
const pause = 1000;
const day = 24 * 60 * 60 * 1000;

export interface Client {
  readonly role: string;
  readonly federation: string;
  /** Where a node has announced itself, as `https://host:port`. */
  find(rank: number): Promise<string>;
  /** What a node says of itself. */
  status(rank: number): Promise<NodeStatus>;
  /** Sends a node so many bytes, then gets so many back: for whoever measures the way to it. */
  echo(rank: number, bytes: Echo): Promise<void>;
  /** Sends a share file of an own data set to its node. Goes on where it was when a connection breaks, and when it is called again. */
  upload(path: string): Promise<Manifest>;
  /** Data sets that are at a node; default: at the first that answers. */
  dataSets(party?: number): Promise<readonly Manifest[]>;
  remove(name: string): Promise<void>;
  /** Allows one work to use an own data set. Throws `bad-argument` for roles that the federation has not. */
  grant(work: Work, allowance: Allowance): Promise<Grant>;
  /** Grants of this role, and those it may use; at the first node that answers. */
  grants(): Promise<readonly GrantState[]>;
  /** Takes a grant back: no later job may use it, and none that failed may be resumed with it. */
  withdraw(id: string): Promise<void>;
  /** Asks all nodes to do a work; resolves with the job's id when all have agreed. */
  submit(work: Work): Promise<string>;
  jobs(): Promise<readonly JobView[]>;
  job(id: string): Promise<JobView>;
  /** How a job goes, until it is over; from another node when one goes away. */
  watch(id: string): AsyncGenerator<JobView>;
  /**
   * Single numbers, such as losses, that the last thousand runs of a job which goes on have revealed to this role: as far as all nodes have them
   * for good.
   */
  numbersSoFar(id: string): Promise<Weights>;
  /** Ends a job for good. Resolves to the nodes that are away: they learn of it from the others. */
  cancel(id: string): Promise<readonly number[]>;
  resume(id: string): Promise<void>;
  /** What a job revealed to this role, from all three nodes, or with `onMissing` two. Throws `mismatch`, naming a node whose part contradicts both others'. */
  result(id: string, options?: Collecting): Promise<Weights>;
  close(): Promise<void>;
}

/** Finds the nodes. Throws `timeout` when they cannot be found. */
export const connect = async ({ identity, ...ways }: ClientOptions): Promise<Client> => {
  const found = await lookUp({ ...ways, tls: identity });
  return new Federates(identity, found);
};

class Federates implements Client {
  readonly role: string;
  readonly federation: string;
  readonly #reach: Reach;

  constructor(
    private readonly identity: RoleCredentials,
    private readonly directory: LookUp,
  ) {
    this.role = directory.role;
    this.federation = directory.federation;
    this.#reach = new Reach(identity, directory);
  }

  find(rank: number): Promise<string> {
    return this.directory.find(rank);
  }

  async status(rank: number): Promise<NodeStatus> {
    const node = await this.#reach.node(rank);
    const status = readStatus(await node.json({ method: 'GET', path: '/v1/status' }));
    if (status !== undefined) return status;
    throw strange(rank, 'its status cannot be read');
  }

  async echo(rank: number, { send, receive }: Echo): Promise<void> {
    const node = await this.#reach.node(rank);
    const path = `/v1/echo?receive=${receive}`;
    const answer = await node.bytes({ method: 'POST', path, body: zeros(send) });
    if (answer.length !== receive)
      throw strange(rank, `it sends ${answer.length} bytes instead of ${receive}`);
  }

  upload(path: string): Promise<Manifest> {
    return upload((party) => this.#reach.node(party), path);
  }

  dataSets(party?: number): Promise<readonly Manifest[]> {
    return this.#reach.ask({ method: 'GET', path: '/v1/data' }, party === undefined ? ranks : [party]);
  }

  /** A node that has it no more is no failure, if another had it: an earlier removal may have reached some only. */
  async remove(name: string): Promise<void> {
    const path = this.#dataPath(name);
    const done = await this.#reach.attempt((node) => node.json({ method: 'DELETE', path }));
    const removed = done.some(({ status }) => status === 'fulfilled');
    for (const each of done)
      if (each.status === 'rejected' && !(removed && isMissing(each.reason))) throw each.reason;
  }

  async grant(work: Work, allowance: Allowance): Promise<Grant> {
    const { set, submitters, expires = new Date(Date.now() + 30 * day), uses } = allowance;
    const parsed = parseWork(readWork(work));
    const names = readFederation(this.identity);
    for (const role of [...submitters, ...parsed.exposures.map(({ to }) => to)]) names.member(role);
    const sets = await this.dataSets();
    const manifest = sets.find(({ owner, name }) => `${owner}/${name}` === set);
    if (manifest === undefined)
      throw new TriadError('bad-argument', `there is no data set '${set}'`, { remedy: 'share it first' });
    const { federation, role: owner } = this;
    const leave = {
      federation,
      owner,
      set,
      dataSet: manifestDigest(manifest),
      submitters: [...submitters],
      expires,
    };
    const grant = grantWork(
      parsed,
      { ...leave, ...(uses !== undefined && { uses }) },
      newId(),
      signer(this.identity),
    );
    await this.#reach.each((node) => node.json({ method: 'PUT', path: '/v1/grants', json: grant }));
    return grant;
  }

  grants(): Promise<readonly GrantState[]> {
    return this.#reach.ask({ method: 'GET', path: '/v1/grants' });
  }

  async withdraw(id: string): Promise<void> {
    await this.#reach.each((node) => node.json({ method: 'DELETE', path: `/v1/grants/${id}` }));
  }

  /** A node that refuses ends the job at those that did not. */
  async submit(work: Work): Promise<string> {
    const id = newId();
    const nodes = await Promise.all(ranks.map((rank) => this.#reach.node(rank)));
    const answers = await Promise.allSettled(
      nodes.map((node) => node.json({ method: 'POST', path: '/v1/jobs', json: { id, work } })),
    );
    const refusal = answers.find((answer) => answer.status === 'rejected');
    if (refusal === undefined) return id;
    const accepted = nodes.filter((_, i) => answers[i]!.status === 'fulfilled');
    await Promise.allSettled(accepted.map((node) => node.json({ method: 'DELETE', path: `/v1/jobs/${id}` })));
    throw refusal.reason;
  }

  jobs(): Promise<readonly JobView[]> {
    return this.#reach.ask({ method: 'GET', path: '/v1/jobs' });
  }

  job(id: string): Promise<JobView> {
    return this.#reach.ask({ method: 'GET', path: `/v1/jobs/${id}` });
  }

  async *watch(id: string): AsyncGenerator<JobView> {
    for (;;) {
      const now = await this.job(id);
      if (isOver(now)) return yield now;
      for (const rank of ranks)
        for await (const view of this.#events(rank, id)) {
          yield view;
          if (isOver(view)) return;
        }
      await sleep(pause);
    }
  }

  async numbersSoFar(id: string): Promise<Weights> {
    const views = await this.#reach.each((node) =>
      node.json<JobView>({ method: 'GET', path: `/v1/jobs/${id}` }),
    );
    const until = Math.min(...views.map(({ settled }) => settled));
    if (until === 0) return {};
    const files = await this.#reach.each((node) => this.#sealed(node, id, `numbers?until=${until}`));
    return opened(files.map((file, rank) => ({ rank, file })));
  }

  async cancel(id: string): Promise<readonly number[]> {
    const done = await this.#reach.attempt((node) => node.json({ method: 'DELETE', path: `/v1/jobs/${id}` }));
    const cancelled = done.some(({ status }) => status === 'fulfilled');
    return done.flatMap((each, rank) => {
      if (each.status === 'fulfilled') return [];
      if (cancelled && isAway(each.reason)) return [rank];
      throw each.reason;
    });
  }

  async resume(id: string): Promise<void> {
    const resumption = { id: newId() };
    await this.#reach.each((node) =>
      node.json({ method: 'POST', path: `/v1/jobs/${id}/resume`, json: resumption }),
    );
  }

  async result(id: string, { onMissing }: Collecting = {}): Promise<Weights> {
    const asked = await this.#reach.attempt((node) => this.#sealed(node, id, 'result'));
    const parts = asked.flatMap((each, rank) =>
      each.status === 'fulfilled' ? [{ rank, file: each.value }] : [],
    );
    for (const [rank, each] of asked.entries()) {
      if (each.status === 'fulfilled') continue;
      if (onMissing === undefined || parts.length < enough || !isAway(each.reason)) throw each.reason;
      onMissing(rank, each.reason as Error);
    }
    return opened(parts);
  }

  async close(): Promise<void> {
    this.#reach.close();
    await this.directory.close();
  }

  /** What a node has encrypted to this role, of a job. */
  async #sealed(node: NodeConnection, id: string, what: string): Promise<Uint8Array> {
    const sealed = await node.bytes({ method: 'GET', path: `/v1/jobs/${id}/${what}` });
    const envelope = { from: String(node.rank), to: this.role, job: id };
    return unseal(readFederation(this.identity), envelope, { sealed, key: this.identity.seal });
  }

  /** How a job goes at a node, for as long as the node tells. */
  async *#events(rank: number, id: string): AsyncGenerator<JobView> {
    try {
      yield* (await this.#reach.node(rank)).lines<JobView>(`/v1/jobs/${id}/events`);
    } catch (error) {
      if (!isAway(error)) throw error;
      this.#reach.forget(rank);
    }
  }

  #dataPath(name: string): string {
    return `/v1/data/${this.role}/${encodeURIComponent(name)}`;
  }
}

/** What nodes have sent, put together. */
const opened = (parts: readonly { readonly rank: number; readonly file: Uint8Array }[]): Weights =>
  decryptModel(
    parts.map(({ file }) => file),
    aby3(),
    parts.map(({ rank }) => rank),
  );

const isMissing = (error: unknown): boolean => error instanceof TriadError && error.code === 'bad-argument';

const newId = (): string => randomBytes(16).toString('hex');

const strange = (rank: number, what: string): TriadError =>
  new TriadError('bad-message', `node ${rank} answers in another way: ${what}`, {
    party: rank,
    remedy: 'use the same version as it',
  });
