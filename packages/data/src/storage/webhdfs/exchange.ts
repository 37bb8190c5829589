/**
 * A request and its answer. The platform's `fetch` will not do: data nodes say `100 Continue` to whoever sends bytes, asked or not, at which it breaks
 * off. Here they are asked, so that bytes travel only when they are wanted.
 */
import { type IncomingMessage, request as overHttp, type RequestOptions } from 'node:http';
import { request as overHttps } from 'node:https';

export interface Question {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly body?: Uint8Array;
  /** Ends it, and the reading of its answer. */
  readonly signal: AbortSignal;
}

/** Servers that do not say that they want the bytes get them after this time. */
const unaskedMs = 1_000;

/** Resolves when the answer begins; it is then to be read to its end. */
export const exchange = (url: URL, { method, body, signal }: Question): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const options: RequestOptions = { method, signal, headers: body === undefined ? {} : headersOf(body) };
    const request = (url.protocol === 'https:' ? overHttps : overHttp)(url, options);
    request.on('response', resolve);
    request.on('error', reject);
    if (body === undefined || body.length === 0) return void request.end();
    const send = (): void => {
      clearTimeout(timer);
      if (!request.writableEnded) request.end(body);
    };
    const timer = setTimeout(send, unaskedMs);
    request.on('continue', send);
    request.on('close', () => clearTimeout(timer));
    request.flushHeaders();
  });

const headersOf = (body: Uint8Array) => ({
  'content-type': 'application/octet-stream',
  'content-length': body.length,
  ...(body.length > 0 && { expect: '100-continue' }),
});

export const textOf = async (answer: IncomingMessage): Promise<string> => {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > mostText) throw new RangeError('the answer has no end');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
};

/** Bytes of an answer that is no file. */
const mostText = 2 ** 24;
