/** Requests to a node, over mutual TLS. */
import type { IncomingMessage } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Credentials, mutual } from '@triad/net';
import { TriadError } from '@triad/protocol';
import { fromFailure } from '../service/failure.js';

const quiet = 30_000;
/** Bytes of an answer: of a file, of JSON, and of one line of many. */
const [maxFile, maxJson, maxLine] = [2 ** 30, 2 ** 26, 2 ** 20];

export interface Asking {
  readonly method: string;
  readonly path: string;
  /** JSON, or the pieces of a file. */
  readonly json?: unknown;
  readonly body?: AsyncIterable<Uint8Array>;
}

/** The node may be back later; others may be there. */
export const isAway = (error: unknown): boolean =>
  error instanceof TriadError &&
  (error.code === 'peer-lost' || error.code === 'timeout' || error.code === 'closed');

/** One node of a federation, as somebody with a certificate sees it. */
export class NodeConnection {
  readonly #agent: Agent;

  constructor(
    readonly rank: number,
    private readonly url: string,
    tls: Credentials,
    federation: string,
  ) {
    this.#agent = new Agent({
      ...mutual(tls),
      keepAlive: true,
      // Names in certificates are roles, not hosts.
      checkServerIdentity: (_host, { subject }) =>
        subject.CN === String(rank) && subject.O === federation
          ? undefined
          : new Error(
              `the certificate is of ${subject.CN} of ${subject.O}, not of node ${rank} of ${federation}`,
            ),
    });
  }

  /** The bytes of an answer, of so many at most. Throws what the node says is wrong, `peer-lost` when it cannot be reached. */
  async bytes(asking: Asking, most = maxFile): Promise<Uint8Array> {
    const response = await this.#ask(asking);
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of this.#pieces(response)) {
      size += piece.length;
      if (size > most) throw this.#tooMuch(most);
      pieces.push(piece);
    }
    const answer = Buffer.concat(pieces);
    const status = response.statusCode ?? 0;
    if (status < 300) return answer;
    throw fromFailure(tryJson(answer), this.rank) ?? this.#strange(status);
  }

  async json<T>(asking: Asking, most = maxJson): Promise<T> {
    const answer = await this.bytes(asking, most);
    return (answer.length === 0 ? undefined : tryJson(answer)) as T;
  }

  /** The lines of an answer, as JSON, as they come. */
  async *lines<T>(path: string): AsyncGenerator<T> {
    const response = await this.#ask({ method: 'GET', path });
    if (response.statusCode !== 200) {
      response.destroy();
      throw this.#strange(response.statusCode ?? 0);
    }
    let rest = '';
    const decoder = new TextDecoder();
    for await (const piece of this.#pieces(response)) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
      rest = lines.pop()!;
      if (rest.length > maxLine) throw this.#tooMuch(maxLine);
      for (const line of lines) yield parseJson(line) as T;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async *#pieces(response: IncomingMessage): AsyncGenerator<Buffer> {
    try {
      yield* response as AsyncIterable<Buffer>;
    } catch (cause) {
      throw this.#lost(cause as Error);
    }
  }

  #ask({ method, path, json, body }: Asking): Promise<IncomingMessage> {
    const text = json === undefined ? undefined : JSON.stringify(json);
    const type = body === undefined ? 'application/json' : 'application/octet-stream';
    const headers = text === undefined && body === undefined ? {} : { 'content-type': type };
    const options: RequestOptions = { method, agent: this.#agent, headers, timeout: quiet };
    return new Promise((resolve, reject) => {
      const asked = request(new URL(path, this.url), options, (response) => {
        // What the node has refused need not be sent to its end.
        if (body !== undefined && response.statusCode! >= 300) response.once('end', () => asked.destroy());
        resolve(response);
      });
      asked.on('timeout', () => asked.destroy(new Error(`nothing for ${quiet / 1000} s`)));
      asked.on('error', (cause) => reject(this.#lost(cause)));
      if (body === undefined) asked.end(text);
      else pipeline(Readable.from(body), asked).catch((cause: Error) => reject(this.#lost(cause)));
    });
  }

  #lost(cause: Error): TriadError {
    if (cause instanceof TriadError) return cause;
    return new TriadError(
      'peer-lost',
      `node ${this.rank} at ${this.url} cannot be reached: ${cause.message}`,
      {
        party: this.rank,
        remedy: /certificate|self[- ]signed|alert/i.test(cause.message)
          ? 'use identities of one federation, made at once by `triad keys`, each at its own party'
          : 'check that it runs, and that its certificate and yours are of one federation',
        cause,
      },
    );
  }

  #tooMuch(most: number): TriadError {
    return new TriadError('limit', `node ${this.rank} sends more than ${most} bytes`, { party: this.rank });
  }

  #strange(status: number): TriadError {
    return new TriadError('bad-message', `node ${this.rank} answers with status ${status}`, {
      party: this.rank,
      remedy: 'use the same version as it',
    });
  }
}

/** Texts without control characters: what a node says ends up on terminals. */
const parseJson = (text: string): unknown =>
  JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' ? value.replace(/\p{C}+/gu, ' ') : value,
  );

const tryJson = (bytes: Uint8Array): unknown => {
  try {
    return parseJson(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
};
