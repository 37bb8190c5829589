/** A node with everything it needs: its data directory, its place on the network, and what it answers. */
import { once } from 'node:events';
import {
  type RoleCredentials,
  readFederation,
  type Station,
  type StationOptions,
  signer,
  station,
} from '@triad/net';
import { TriadError } from '@triad/protocol';
import { type Logger, pino } from 'pino';
import { NodeConnection } from './client/request.js';
import { type Limits, Node } from './node.js';
import { operations } from './operations.js';
import { type Elsewhere, readElsewhere, type StateElsewhere } from './run/elsewhere.js';
import { seal } from './seal.js';
import { service } from './service/service.js';
import { auditLog } from './store/audit.js';
import { DataSets } from './store/data-sets.js';
import { openFolder } from './store/folder.js';
import { Grants } from './store/grants.js';
import { JobStore } from './store/jobs.js';
import { isNode } from './work/work.js';

export interface NodeOptions extends Omit<StationOptions, 'tls' | 'log'> {
  readonly identity: RoleCredentials;
  /** The data directory. */
  readonly folder: string;
  readonly limits?: Partial<Limits>;
  /** Runs from one checkpoint of a job to the next; default 50. */
  readonly checkpointEvery?: number;
  /** `host:port` of health and metrics, over plain HTTP; default: nowhere. */
  readonly operations?: string;
  /** Default: silent. */
  readonly logger?: Logger;
}

export interface OpenNode {
  readonly node: Node;
  /** `https://host:port`, as announced. */
  readonly url: string;
  /** Where it listens. */
  readonly port: number;
  /** `http://host:port` of health and metrics. */
  readonly operations?: string;
  /** Resolves when another process has taken the data directory, since this one stood still: the node is to be closed. */
  readonly lost: Promise<TriadError>;
  /** Leaves all jobs as they are on disk. */
  close(): Promise<void>;
}

const defaults: Limits = { bytes: 2 ** 36, jobs: 16, requests: 600 };

/** Starts a node, and goes on with the jobs that were not over. Throws `refused` for a certificate that does not hold today. */
export const openNode = async (options: NodeOptions): Promise<OpenNode> => {
  const {
    identity,
    folder: path,
    limits,
    checkpointEvery = 50,
    logger = pino({ level: 'silent' }),
  } = options;
  const federation = readFederation(identity);
  federation.member(identity.role);
  if (!isNode(identity.role))
    throw new TriadError('bad-argument', `${identity.role} is no computing party`, {
      remedy: 'give the identity of role 0, 1 or 2',
    });
  let lose: (error: TriadError) => void = () => {};
  const lost = new Promise<TriadError>((resolve) => {
    lose = resolve;
  });
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const each of closers.splice(0).reverse()) await each();
  };
  try {
    const folder = await openFolder(path, { federation: federation.name, role: identity.role }, lose);
    closers.push(folder.close);
    const audit = await auditLog(folder.at('audit.log'));
    closers.push(audit.close);
    const verify = federation.verify;
    const party = Number(identity.role);
    const sets = await DataSets.open(folder, {
      federation: federation.name,
      party,
      verify,
      onDamage: (file, reason) => logger.error({ event: 'damaged share', file, reason }),
    });
    const grants = await Grants.open(folder, verify, (reason) =>
      logger.warn({ event: 'void grant', reason }),
    );
    const own = await station({
      ...options,
      tls: identity,
      log: (line) => logger.info({ event: 'network' }, line),
    });
    closers.push(() => own.close());
    const node = await Node.open({
      federation,
      station: own,
      store: new JobStore(folder),
      audit,
      sets,
      grants,
      limits: { ...defaults, ...limits },
      checkpointEvery,
      seal: (to, job, file) =>
        seal(federation, { from: identity.role, to, job }, { file, sign: signer(identity) }),
      elsewhere: (job, signal) => elsewhere(own, identity, { job, signal }),
      log: (event, details) => logger.info({ event, ...details }),
    });
    closers.push(() => node.close());
    const watched = options.operations === undefined ? undefined : await operations(node, options.operations);
    if (watched !== undefined) closers.push(watched.close);
    own.serve(await service(node, logger));
    return { node, url: own.url, port: own.port, ...(watched && { operations: watched.url }), lost, close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** Milliseconds that other nodes have to answer what becomes of a job, and bytes. */
const [patience, maxState] = [5000, 2 ** 20];

interface Asking {
  readonly job: string;
  readonly signal: AbortSignal;
}

/** What the other two nodes say of a job, those that answer soon. */
const elsewhere = async (own: Station, identity: RoleCredentials, asking: Asking): Promise<Elsewhere> => {
  const said = new Map<number, StateElsewhere | undefined>();
  const signal = AbortSignal.any([asking.signal, AbortSignal.timeout(patience)]);
  if (signal.aborted) return said;
  const ask = async (rank: number) => {
    const url = await own.find(rank);
    if (url === undefined || signal.aborted) return;
    const node = new NodeConnection(rank, url, identity, own.federation);
    signal.addEventListener('abort', () => node.close(), { once: true });
    try {
      const asked = { method: 'GET', path: `/v1/jobs/${asking.job}` };
      const state = readElsewhere(await node.json(asked, maxState));
      if (state !== undefined) said.set(rank, state);
    } catch (error) {
      if (error instanceof TriadError && error.code === 'bad-argument') said.set(rank, undefined);
    } finally {
      node.close();
    }
  };
  const all = Promise.allSettled([0, 1, 2].filter((rank) => rank !== own.rank).map(ask));
  await Promise.race([all, once(signal, 'abort')]);
  return new Map(said);
};
