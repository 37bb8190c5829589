/** What a node answers over HTTPS. Who asks is known from the certificate, which TLS has checked. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import rateLimit from '@fastify/rate-limit';
import { type Certified, certified } from '@triad/net';
import { TriadError } from '@triad/protocol';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import { z } from 'zod';
import type { Node } from '../node.js';
import { maxWorkBytes } from '../work/work.js';
import { statusOf, toFailure } from './failure.js';
import { jobRoutes } from './job-routes.js';

/** The role that asks. */
export const callerOf = ({ raw }: FastifyRequest): string => certified(raw.socket)!.role;

/** Something else than what a route takes is a bad argument. */
export const checked = <T>(schema: z.ZodType<T>, value: unknown, what: string): T => {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw new TriadError('bad-argument', `${what} cannot be read: ${issue?.path.join('.')} ${issue?.message}`, {
    remedy: 'use a client of the same version',
  });
};

/** Answers requests until the node closes. */
export const service = async (
  node: Node,
  logger: FastifyBaseLogger,
): Promise<(request: IncomingMessage, response: ServerResponse) => void> => {
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 2 * maxWorkBytes,
    return503OnClosing: true,
  });
  await app.register(rateLimit, {
    max: node.limits.requests,
    timeWindow: '1 minute',
    keyGenerator: callerOf,
  });
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
  app.addHook('onRequest', async (request) => admit(certified(request.raw.socket), node.federation));
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

const admit = (caller: Certified | undefined, federation: string): void => {
  if (caller?.job === federation) return;
  throw new TriadError('refused', `the certificate is not of federation ${federation}`, {
    remedy: 'use the certificate that was made for it',
  });
};

const names = z.object({ owner: z.string().max(32), name: z.string().max(64) });
const piece = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/), from: z.coerce.number().int().min(0) });

const dataRoutes = (app: FastifyInstance, node: Node): void => {
  app.put('/v1/data/:owner/:name', async (request, reply) => {
    const expected = checked(names, request.params, 'the name of the data set');
    const where = checked(piece, request.query, 'the place of the upload');
    // A sender gets an answer even when not all is read.
    const body = (request.body as Readable).iterator({ destroyOnReturn: false });
    const manifest = await node.store(callerOf(request), expected, { ...where, body });
    return reply.code(201).send(manifest);
  });
  app.get('/v1/uploads/:id', async (request) => {
    const { id } = checked(piece.pick({ id: true }), request.params, 'the id of the upload');
    return { bytes: await node.uploaded(callerOf(request), id) };
  });
  app.get('/v1/data', async () => node.dataSets());
  app.delete('/v1/data/:owner/:name', async (request, reply) => {
    await node.remove(callerOf(request), checked(names, request.params, 'the name of the data set'));
    return reply.code(204).send();
  });
  app.put('/v1/grants', async (request, reply) => {
    await node.grant(callerOf(request), request.body);
    return reply.code(204).send();
  });
  app.get('/v1/grants', async () => node.grants());
};

const maxEcho = 2 ** 23;
const echoing = z.object({ receive: z.coerce.number().int().min(0).max(maxEcho) });

/** Takes in what a client sends and forgets it, then answers with as many bytes as it asks for: it measures the way. */
const echo = async ({ query, body }: FastifyRequest, reply: FastifyReply) => {
  const { receive } = checked(echoing, query, 'what is to be sent back');
  let size = 0;
  for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += piece.length;
    if (size > maxEcho)
      throw new TriadError('limit', `more than ${maxEcho} bytes came`, { remedy: 'send less' });
  }
  return reply.type('application/octet-stream').send(Buffer.alloc(receive));
};

const unknownPath = (method: string, url: string): TriadError =>
  new TriadError('bad-argument', `${method} ${url.slice(0, 200)} is nothing a node answers`, {
    remedy: 'use a client of the same version',
  });

/** What is refused is written down; what was not foreseen is logged, and said to nobody. */
const fail = async (node: Node, error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  const told = tell(error);
  if (told === undefined) request.log.error({ err: error }, 'unexpected');
  if (told?.code === 'refused')
    await node.refuse(certified(request.raw.socket)?.role ?? 'a stranger', told.message);
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
