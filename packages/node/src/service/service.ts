/** What a node answers over HTTPS. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import rateLimit from '@fastify/rate-limit';
import { TriadError } from '@triad/protocol';
import fastify, {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { z } from 'zod';
import type { Node } from '../node.js';
import { zeros } from '../zeros.js';
import { bytesOf } from './body.js';
import { admitCallers, callerKey } from './caller.js';
import { checked } from './checked.js';
import { dataRoutes } from './data-routes.js';
import { statusOf, toFailure } from './failure.js';
import { jobRoutes } from './job-routes.js';

/** Answers requests until the node closes. */
export const service = async (
  node: Node,
  logger: FastifyBaseLogger,
): Promise<(request: IncomingMessage, response: ServerResponse) => void> => {
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    return503OnClosing: true,
  });
  admitCallers(app, node.federation);
  await app.register(rateLimit, {
    max: node.limits.requests,
    timeWindow: '1 minute',
    keyGenerator: callerKey,
  });
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
  app.setErrorHandler((error, request, reply) => fail(node, error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    fail(node, unknownPath(request.method, request.url), request, reply),
  );
  dataRoutes(app, node);
  jobRoutes(app, node);
  app.get('/v1/status', async () => node.status());
  app.post('/v1/echo', echo);
  await app.ready();
  return (request, response) => app.routing(request, response);
};

const maxEcho = 2 ** 23;
const echoing = z.object({ receive: z.coerce.number().int().min(0).max(maxEcho) });

/** Takes in what a client sends and forgets it, then answers with as many bytes as it asks for: it measures the way. */
const echo = async (request: FastifyRequest, reply: FastifyReply) => {
  const { receive } = checked(echoing, request.query, 'what is to be sent back');
  let size = 0;
  for await (const piece of bytesOf(request) as AsyncIterable<Uint8Array>) {
    size += piece.length;
    if (size > maxEcho)
      throw new TriadError('limit', `more than ${maxEcho} bytes came`, { remedy: 'send less' });
  }
  return reply
    .type('application/octet-stream')
    .header('content-length', receive)
    .send(Readable.from(zeros(receive)));
};

const unknownPath = (method: string, url: string): TriadError =>
  new TriadError('bad-argument', `${method} ${url.slice(0, 200)} is nothing a node answers`, {
    remedy: 'use a client of the same version',
  });

/** What is refused is written down; what was not foreseen is logged, and said to nobody. */
const fail = async (node: Node, error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  const told = tell(error);
  if (told === undefined) request.log.error({ err: error }, 'unexpected');
  if (told?.code === 'refused') await node.refuse(request.caller, told.message);
  const said = told ?? new TriadError('closed', 'the node could not do it; its log says why');
  return reply.code(told === undefined ? 500 : statusOf(said)).send(toFailure(said));
};

/** As a typed error; undefined when it is unexpected. */
const tell = (error: unknown): TriadError | undefined => {
  if (error instanceof TriadError) return error;
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  if (statusCode === 429) return new TriadError('limit', 'too many requests', { remedy: 'wait a minute' });
  if (statusCode !== undefined && statusCode < 500)
    return new TriadError(statusCode === 413 ? 'limit' : 'bad-argument', String(message), {
      remedy: 'use a client of the same version',
    });
  return undefined;
};
