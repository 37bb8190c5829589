import type { IncomingMessage, ServerResponse } from 'node:http';
import { announcementTime, maxUrl } from './directory.js';
import { formatEndpoint, parseEndpoint, parseUrl } from './endpoint.js';
import { covers } from './roster.js';
import { bind, boundedServer, type Credentials, certified, closerOf, limitRoles } from './wire.js';

export interface RendezvousOptions {
  /** `host:port`; port 0 takes any. */
  readonly listen: string;
  /** With credentials, parties need certificates of the same authority. */
  readonly tls?: Credentials;
}

export interface Rendezvous {
  /** `host:port`. */
  readonly address: string;
  close(): Promise<void>;
}

interface Entry {
  readonly url: string;
  /** Milliseconds on the process's clock. */
  readonly until: number;
}

const maxEntries = 4096;
/** Of one role with a certificate. */
const mostOfRole = 64;

/** Addresses by job and role, each for a while. Bounded in number and size. */
class Board {
  readonly #entries = new Map<string, Entry>();

  get(key: string): string | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.until > performance.now() ? entry.url : undefined;
  }

  /** Addresses under names that end in this. */
  count(ending: string): number {
    this.#sweep();
    return [...this.#entries.keys()].filter((key) => key.endsWith(ending)).length;
  }

  /** False when it is full. */
  set(key: string, url: string): boolean {
    this.#entries.delete(key);
    if (this.#entries.size >= maxEntries) this.#sweep();
    if (this.#entries.size >= maxEntries) return false;
    this.#entries.set(key, { url, until: performance.now() + announcementTime });
    return true;
  }

  #sweep(): void {
    for (const [key, { until }] of this.#entries) if (until <= performance.now()) this.#entries.delete(key);
  }
}

/**
 * A tiny HTTP server at which parties leave their addresses: `PUT /job/JOB/role/ROLE` with a URL, `GET` to read it. It
 * sees addresses only. With TLS nobody can speak for another role or job.
 */
export const rendezvous = async ({ listen, tls }: RendezvousOptions): Promise<Rendezvous> => {
  const board = new Board();
  const server = boundedServer((request, response) => void serve(board, request, response), tls);
  limitRoles(server);
  const close = closerOf(server);
  const endpoint = await bind(server, parseEndpoint(listen, 'listen'), 'rendezvous');
  return { address: formatEndpoint(endpoint), close };
};

const path = /^\/job\/([A-Za-z0-9._-]{1,64}(?:\/[A-Za-z0-9._-]{1,64})?)\/role\/([A-Za-z0-9-]{1,32})$/;

const serve = async (board: Board, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const [key, job, role] = path.exec(request.url ?? '') ?? [];
  if (key === undefined) return end(response, 404);
  if (!mayAsk(request, job!, role!)) return end(response, 403);
  if (request.method === 'GET') {
    const url = board.get(key);
    return url === undefined ? end(response, 404) : end(response, 200, url);
  }
  if (request.method !== 'PUT') return end(response, 405);
  const url = await readUrl(request);
  if (url === undefined) return end(response, 400);
  if (board.get(key) === undefined && certified(request.socket) && board.count(`/role/${role}`) >= mostOfRole)
    return end(response, 503);
  end(response, board.set(key, url) ? 204 : 503);
};

/** Certificates speak for their own role, and read about their own job. */
const mayAsk = ({ socket, method }: IncomingMessage, job: string, role: string): boolean => {
  const certificate = certified(socket);
  if (certificate === undefined) return true;
  return covers(certificate.job, job) && (method === 'GET' || certificate.role === role);
};

/** An address from a request's body; undefined when it is none, or too long. */
const readUrl = async (request: IncomingMessage): Promise<string | undefined> => {
  let text = '';
  try {
    for await (const chunk of request) {
      text += String(chunk);
      if (text.length > maxUrl) return undefined;
    }
  } catch {
    return undefined;
  }
  return parseUrl(text) && text;
};

const end = (response: ServerResponse, status: number, body?: string): void => {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
};
