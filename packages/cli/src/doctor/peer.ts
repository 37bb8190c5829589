/** One node of the federation, from its address to how fast it is. */
import type { Socket } from 'node:net';
import { type Endpoint, parseEndpoint, type RoleCredentials, subjectOf } from '@triad/net';
import type { Client, NodeStatus } from '@triad/node';
import { failureOf } from '../failure.js';
import { formatSeconds } from '../quantity.js';
import type { Reading } from './clock.js';
import { type Finding, failed, ok, skipped, type Trouble } from './finding.js';
import { dial, shakeHands } from './handshake.js';
import { checkBandwidth, describeRoundTrip, measureRoundTrip } from './speed.js';
import { checkValidity } from './validity.js';
import { checkVersion } from './version.js';

export interface Peer {
  readonly rank: number;
  readonly identity: RoleCredentials;
  readonly client: Client;
  /** Of these packages. */
  readonly version: string;
  readonly now?: Date;
}

export interface Met {
  readonly findings: readonly Finding[];
  /** Undefined when it has not said what time it is. */
  readonly reading?: Reading;
}

/** What is said when a step fails: the steps after it cannot be taken. */
class Ends extends Error {
  constructor(
    readonly check: string,
    readonly trouble: Trouble,
  ) {
    super(trouble.what);
  }
}

/** Looks at a node, as far as one gets. */
export const checkPeer = async (peer: Peer): Promise<Met> => {
  const findings: Finding[] = [];
  try {
    const at = await findAddress(peer, findings);
    findings.push(await checkCertificate(peer, await checkConnection(peer, at, findings)));
    return { findings, reading: await checkService(peer, findings) };
  } catch (error) {
    if (!(error instanceof Ends)) throw error;
    const rest = skipped(name(peer, 'the rest'), `the ${error.check} failed`);
    return { findings: [...findings, failed(name(peer, error.check), error.trouble), rest] };
  }
};

const name = ({ rank }: Peer, step: string): string => `node ${rank}: ${step}`;

const findAddress = async (peer: Peer, findings: Finding[]): Promise<Endpoint> => {
  const url = await peer.client.find(peer.rank).catch((error: unknown) => {
    const { what, remedy = 'start it with `triad node`' } = failureOf(error);
    throw new Ends('address', { what, remedy });
  });
  const [, text] = /^https:\/\/([A-Za-z0-9._:[\]-]{3,280})$/.exec(url) ?? [];
  try {
    const at = parseEndpoint(text ?? '', 'address');
    findings.push(ok(name(peer, 'address'), url, { url }));
    return at;
  } catch {
    throw new Ends('address', {
      what: 'the directory says something that is no address of a node',
      remedy: 'see who else writes to the directory, and start the node again',
    });
  }
};

const checkConnection = async (peer: Peer, at: Endpoint, findings: Finding[]): Promise<Socket> => {
  const start = performance.now();
  const socket = await dial(at).catch((error: NodeJS.ErrnoException) => {
    throw new Ends('connection', unreachable(error, peer.rank));
  });
  const milliseconds = performance.now() - start;
  const what = `open after ${formatSeconds(milliseconds / 1000)}`;
  findings.push(ok(name(peer, 'connection'), what, { milliseconds: Number(milliseconds.toFixed(3)) }));
  return socket;
};

/** The certificate that it really shows, whatever the directory says. */
const checkCertificate = async (peer: Peer, socket: Socket): Promise<Finding> => {
  const { identity, rank, now = new Date() } = peer;
  const ends = (what: string, remedy: string) => new Ends('certificate', { what, remedy });
  const { certificate, distrust } = await shakeHands(socket, identity).catch((error: Error) => {
    const what = `what listens there does not shake hands as a node does: ${error.message}`;
    throw ends(what, `see that node ${rank} listens at its address, and nothing else, a proxy for instance`);
  });
  if (certificate === undefined) throw ends('it shows a certificate of no role', otherProcess(rank));
  if (!certificate.isIssuedBy(identity.ca))
    throw ends("its certificate is not of this federation's authority", oneMaking);
  checkSubject(peer, certificate);
  const validity = checkValidity(name(peer, 'certificate'), `of role ${rank}, which`, certificate, now);
  if (validity.outcome === 'failed')
    throw new Ends('certificate', { ...validity, remedy: validity.remedy ?? '' });
  if (distrust !== undefined) throw ends(`TLS does not trust its certificate: ${distrust}`, oneMaking);
  return validity;
};

const oneMaking = 'see that its keys and yours were made at once, by one `triad keys`';

const checkSubject = (
  { rank, identity }: Peer,
  { role, federation }: { readonly role: string; readonly federation: string },
): void => {
  const own = subjectOf(identity);
  if (role === String(rank) && federation === own.federation) return;
  throw new Ends('certificate', {
    what: `it shows the certificate of ${role} of ${federation}, not of node ${rank} of ${own.federation}`,
    remedy: otherProcess(rank),
  });
};

const otherProcess = (rank: number): string =>
  `something else listens where node ${rank} is said to be: see that addresses are in order, and not used twice`;

const unreachable = ({ code, message }: NodeJS.ErrnoException, rank: number): Trouble => {
  const values = { code: code ?? message };
  const trouble = (why: string, remedy: string) => ({ what: `no connection to it: ${why}`, remedy, values });
  switch (code) {
    case 'ECONNREFUSED':
      return trouble(
        'nothing listens there',
        'start it with `triad node`, or look at the address it announces',
      );
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return trouble(
        `no answer (${code})`,
        'see that its machine runs, and that firewalls let this one through',
      );
    default:
      return trouble(
        code ?? message,
        `see that node ${rank} announces an address that this machine can dial`,
      );
  }
};

/** What it says of itself, then how fast it says it. */
const checkService = async (peer: Peer, findings: Finding[]): Promise<Reading> => {
  const { rank, client, identity, version } = peer;
  const lost = (error: unknown): never => {
    const { what, remedy = 'look at its log' } = failureOf(error);
    throw new Ends('service', { what, remedy });
  };
  const status = await client.status(rank).catch(lost);
  findings.push(checkStatus(peer, status), checkVersion(name(peer, 'version'), status.version, version));
  const roundTrip = await measureRoundTrip(client, rank).catch(lost);
  findings.push(
    describeRoundTrip(name(peer, 'round trip'), roundTrip),
    await checkBandwidth(name(peer, 'bandwidth'), client, rank, roundTrip),
  );
  return { of: `node ${rank}`, ahead: roundTrip.ahead, own: identity.role === String(rank) };
};

const checkStatus = (peer: Peer, { federation, role, jobs }: NodeStatus): Finding => {
  const own = subjectOf(peer.identity).federation;
  const check = name(peer, 'service');
  const values = { federation, role };
  if (federation !== own || role !== String(peer.rank))
    return failed(check, {
      what: `it says that it is node ${role} of ${federation}, not ${peer.rank} of ${own}`,
      remedy: 'start it with the identity of its certificate',
      values,
    });
  const { running = 0, waiting = 0 } = jobs;
  return ok(check, `it answers; ${running} jobs run, ${waiting} wait`, { ...values, running, waiting });
};
