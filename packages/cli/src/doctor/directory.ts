/** Whether the place where nodes announce themselves answers. */
import { isLoopback, type RoleCredentials, redisStatus } from '@triad/net';
import { type Client, connect } from '@triad/node';
import { failureOf } from '../failure.js';
import { formatSeconds } from '../quantity.js';
import type { Ways } from '../way.js';
import type { Reading } from './clock.js';
import { type Finding, failed, ok, skipped, warning } from './finding.js';

export interface Found {
  readonly findings: readonly Finding[];
  /** To be closed; undefined when nodes cannot be looked for. */
  readonly client?: Client;
  readonly readings: readonly Reading[];
}

const check = 'directory';
const timeout = 5000;

/** Opens the directory, whichever it is. */
export const checkDirectory = async (ways: Ways, identity: RoleCredentials | undefined): Promise<Found> => {
  if (ways.redis === undefined) return open(ways, identity);
  const { findings, readings } = await checkRedis(ways.redis);
  if (identity === undefined || findings.some(({ outcome }) => outcome === 'failed'))
    return { findings, readings };
  const { client, findings: opening } = await open(ways, identity);
  return client === undefined ? { findings: opening, readings } : { findings, readings, client };
};

const open = async (ways: Ways, identity: RoleCredentials | undefined): Promise<Found> => {
  if (identity === undefined)
    return { findings: [skipped(check, 'the identity cannot be used')], readings: [] };
  const start = performance.now();
  try {
    const client = await connect({ identity, ...ways, timeout });
    return { findings: [opened(ways, (performance.now() - start) / 1000)], client, readings: [] };
  } catch (error) {
    return { findings: [failed(check, troubleOf(error))], readings: [] };
  }
};

const opened = ({ rendezvous, peers }: Ways, seconds: number): Finding => {
  if (rendezvous === undefined)
    return ok(check, 'the list of peers can be read', { peers: Object.values(peers ?? {}) });
  const what = `the rendezvous at ${rendezvous} answers in ${formatSeconds(seconds)}`;
  return ok(check, what, { rendezvous, milliseconds: Number((seconds * 1000).toFixed(3)) });
};

const checkRedis = async (url: string): Promise<Omit<Found, 'client'>> => {
  try {
    const { version = 'of a version it keeps to itself', latency, ahead } = await redisStatus(url);
    const { host } = new URL(url);
    const what = `Redis ${version} at ${host} answers in ${formatSeconds(latency / 1000)}`;
    const values = { redis: host, version, milliseconds: Number(latency.toFixed(3)) };
    const findings = [ok(check, what, values), checkAccess(url)];
    const readings = ahead === undefined ? [] : [{ of: 'Redis', ahead: ahead / 1000, aside: true }];
    return { findings, readings };
  } catch (error) {
    return { findings: [failed(check, troubleOf(error))], readings: [] };
  }
};

/** Whether strangers could write to the Redis at a URL. */
export const checkAccess = (url: string): Finding => {
  const { protocol, password, hostname } = new URL(url);
  const name = 'directory: access';
  if (isLoopback(hostname.replace(/^\[|\]$/g, ''))) return ok(name, 'Redis is on this machine');
  if (protocol === 'rediss:') return ok(name, 'Redis is reached over TLS');
  if (password !== '') return ok(name, 'Redis asks for a password');
  return warning(name, {
    what: 'Redis is reached without TLS and password: strangers could keep the nodes from finding each other, and learn nothing else',
    remedy: 'use rediss://, give Redis a password, or let the parties alone reach it',
  });
};

const troubleOf = (error: unknown): { readonly what: string; readonly remedy: string } => {
  const { what, remedy = 'check the address' } = failureOf(error);
  return { what, remedy };
};
