import { Agent, type IncomingMessage, request } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Rank, TriadError } from '@triad/protocol';
import { Announcement, announcementPace, type Directory, maxUrl } from './directory.js';
import { formatEndpoint, parseEndpoint } from './endpoint.js';
import { type Roster, roleName } from './roster.js';
import { type Credentials, mutual } from './wire.js';

interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Visit {
  /** `host:port` of the rendezvous. */
  readonly at: string;
  readonly roster: Roster;
  readonly rank: Rank;
  readonly tls: Credentials | undefined;
  /** Ends the waiting for a rendezvous that is not there yet. */
  readonly signal: AbortSignal;
  /** Whether what it says is needed soon or not at all, once this party is announced. */
  readonly lasting: boolean;
}

/** Milliseconds in which something is soon. */
const soon = 3000;

/** The directory at a rendezvous. Waits for one that is not there yet. */
export const visitRendezvous = async ({
  at,
  roster,
  rank,
  tls,
  signal,
  lasting,
}: Visit): Promise<Directory> => {
  const { host, port } = parseEndpoint(at, 'rendezvous');
  const agent = tls
    ? new SecureAgent({ keepAlive: true, maxSockets: 1 })
    : new Agent({ keepAlive: true, maxSockets: 1 });
  const where = (r: Rank) => `/job/${roster.job}/role/${roleName(roster, r)}`;
  let seenAs: string | undefined;
  const ask = (method: string, path: string, body?: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const options = { host, port, method, path, agent, timeout: 5000, ...(tls && mutual(tls)) };
      const onResponse = (response: IncomingMessage) => {
        seenAs = response.socket.localAddress;
        readText(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
      };
      const asking = tls
        ? secureRequest({ ...options, checkServerIdentity: () => undefined }, onResponse)
        : request(options, onResponse);
      asking.on('error', reject).on('timeout', () => asking.destroy(new Error('no answer in 5 s')));
      asking.end(body);
    });
  const insist = async (method: string, path: string, body?: string, until = signal): Promise<Answer> => {
    for (;;) {
      try {
        return await ask(method, path, body);
      } catch (cause) {
        await sleep(200, undefined, { signal: until }).catch(() => {
          const why = `the rendezvous at ${formatEndpoint({ host, port })} does not answer (${(cause as Error).message})`;
          throw new TriadError('timeout', why, {
            remedy: 'start it with `triad rendezvous`, or check the address',
            cause,
          });
        });
      }
    }
  };
  await insist('GET', where(rank));
  const announcement = new Announcement();
  let refresh: NodeJS.Timeout | undefined;
  return {
    volatile: true,
    seenAs,
    announce: async (url) => {
      const { status } = await insist('PUT', where(rank), url);
      if (status !== 204) throw refused(at, status);
      announcement.renew();
      const renew = async () => {
        if ((await ask('PUT', where(rank), url)).status === 204) announcement.renew();
      };
      refresh = setInterval(() => void renew().catch(() => {}), announcementPace);
    },
    holds: () => announcement.holds(),
    find: async (peer) => {
      const until = lasting ? AbortSignal.any([signal, AbortSignal.timeout(soon)]) : signal;
      const { status, text } = await insist('GET', where(peer), undefined, until);
      if (status === 403) throw refused(at, status);
      return status === 200 ? text : undefined;
    },
    close: async () => {
      clearInterval(refresh);
      agent.destroy();
    },
  };
};

const readText = async (response: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
    if (text.length > maxUrl) throw new Error('the answer is too long');
  }
  return text;
};

const refused = (at: string, status: number): TriadError =>
  new TriadError('bad-argument', `the rendezvous at ${at} refused this party (HTTP ${status})`, {
    remedy: status === 403 ? 'use a certificate of this job and role' : 'check that it is a Triad rendezvous',
  });
