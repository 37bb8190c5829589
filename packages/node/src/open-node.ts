/** A node with everything it needs: its data directory, its place on the network, and what it answers. */
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
import type { Elsewhere } from './run/elsewhere.js';
import { seal } from './seal.js';
import { service } from './service/service.js';
import { auditLog } from './store/audit.js';
import { DataSets } from './store/data-sets.js';
import { openFolder } from './store/folder.js';
import { Grants } from './store/grants.js';
import { type JobState, JobStore } from './store/jobs.js';

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
  if (!/^[0-2]$/.test(identity.role))
    throw new TriadError('bad-argument', `${identity.role} is no computing party`, {
      remedy: 'give the identity of role 0, 1 or 2',
    });
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const each of closers.splice(0).reverse()) await each();
  };
  try {
    const folder = await openFolder(path, { federation: federation.name, role: identity.role });
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
      elsewhere: (job) => elsewhere(own, identity, job),
      log: (event, details) => logger.info({ event, ...details }),
    });
    const watched = options.operations === undefined ? undefined : await operations(node, options.operations);
    if (watched !== undefined) closers.push(watched.close);
    closers.push(() => node.close());
    own.serve(await service(node, logger));
    return { node, url: own.url, port: own.port, ...(watched && { operations: watched.url }), close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** What the other two nodes say of a job. */
const elsewhere = async (own: Station, identity: RoleCredentials, job: string): Promise<Elsewhere> => {
  const said = new Map<number, JobState | undefined>();
  const ask = async (rank: number) => {
    const url = await own.find(rank);
    if (url === undefined) return;
    const node = new NodeConnection(rank, url, identity, own.federation);
    try {
      said.set(rank, await node.json<JobState>({ method: 'GET', path: `/v1/jobs/${job}` }));
    } catch (error) {
      if (error instanceof TriadError && error.code === 'bad-argument') said.set(rank, undefined);
    } finally {
      node.close();
    }
  };
  await Promise.all([0, 1, 2].filter((rank) => rank !== own.rank).map(ask));
  return said;
};
