/** Servers that fail for a while. What may pass is an error with code `timeout`, and is tried again. */
import { setTimeout } from 'node:timers/promises';
import { TriadError } from '@triad/protocol';
import type { StorageOptions } from './storage.js';

/** In milliseconds. */
export interface Patience {
  /** For one answer. */
  readonly answer: number;
  /** Until a server is there at all. */
  readonly contact: number;
  /** While something is carried over. */
  readonly transfer: number;
}

export const patienceOf = ({ timeoutMs = 120_000 }: StorageOptions): Patience => ({
  answer: timeoutMs / 4,
  contact: timeoutMs / 24,
  transfer: timeoutMs,
});

const remedy = 'see that it runs and can be reached from here, then start again';

/** What may pass. */
export const passing = (name: string, how = 'its server does not answer'): TriadError =>
  new TriadError('timeout', `${name}: ${how}`, { remedy });

export const mayPass = (error: unknown): boolean => error instanceof TriadError && error.code === 'timeout';

export interface Persistence {
  /** How long it may fail without getting on. */
  readonly ms: number;
  /** How far it got: the time starts anew when it gets on. */
  readonly reached?: () => number;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;

/** Tries again what fails and may pass, after longer and longer pauses. */
export const persist = async <T>(
  act: () => Promise<T>,
  { ms, reached = () => 0, signal }: Persistence,
): Promise<T> => {
  let [at, since, pause] = [reached(), performance.now(), firstPauseMs];
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!mayPass(error) || signal?.aborted) throw error;
      if (reached() > at) [at, since, pause] = [reached(), performance.now(), firstPauseMs];
      if (performance.now() + pause - since > ms) throw error;
    }
    await setTimeout(pause);
    pause = Math.min(2 * pause, longestPauseMs);
  }
};

/** A second more for every so many bytes. */
const slowestBytesPerSecond = 2 ** 16;

/** Ends a request that takes too long to carry its bytes, or when `signal` says so. */
export const deadline = (ms: number, bytes = 0, signal?: AbortSignal): AbortSignal => {
  const late = AbortSignal.timeout(Math.ceil(ms + (1000 * bytes) / slowestBytesPerSecond));
  return signal === undefined ? late : AbortSignal.any([signal, late]);
};

/** Passing trouble of sockets and of `fetch`, by code. */
const passingCodes = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_SOCKET',
]);

/** What a connection failed with; undefined for what is no error of a connection. Causes are left out: they may hold credentials. */
export const connectionError = (error: unknown, name: string): TriadError | undefined => {
  const found = codeOf(error);
  if (found === undefined) return undefined;
  if (passingCodes.has(found)) return passing(name, `the connection to its server failed (${found})`);
  if (found === 'late') return passing(name);
  return new TriadError('bad-argument', `${name}: its server cannot be reached (${found})`, {
    remedy: 'correct its address, and see that this machine trusts its certificate',
  });
};

const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || error instanceof TriadError) return undefined;
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'late';
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : codeOf(error.cause);
};
