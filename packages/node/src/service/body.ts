import { Readable } from 'node:stream';
import { TriadError } from '@triad/protocol';
import type { FastifyRequest } from 'fastify';

/** A request's bytes as they come. Throws `bad-argument` for a body of another kind. */
export const bytesOf = ({ body }: FastifyRequest): Readable => {
  if (body instanceof Readable) return body;
  throw new TriadError('bad-argument', 'the request has no bytes', {
    remedy: 'send some, as application/octet-stream',
  });
};
