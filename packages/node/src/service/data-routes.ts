import type { IncomingMessage } from 'node:http';
import { dataNamePattern, ownerPattern } from '@triad/data';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Node } from '../node.js';
import { bytesOf } from './body.js';
import { checked } from './checked.js';

const names = z.object({ owner: z.string().regex(ownerPattern), name: z.string().regex(dataNamePattern) });
const piece = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/), from: z.coerce.number().int().min(0) });

/** Milliseconds that the sender of a file may say nothing. */
const quiet = 60_000;
const maxGrantBytes = 2 ** 17;

/** Milliseconds that what is refused may still come: a sender that is cut off would not see why. */
const patience = 10_000;

const forgetRest = (request: IncomingMessage): void => {
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.destroy(), patience).unref();
  request.once('close', () => clearTimeout(timer));
};

export const dataRoutes = (app: FastifyInstance, node: Node): void => {
  app.put('/v1/data/:owner/:name', async (request, reply) => {
    const expected = checked(names, request.params, 'the name of the data set');
    const where = checked(piece, request.query, 'the place of the upload');
    const body = bytesOf(request).iterator({ destroyOnReturn: false });
    request.raw.setTimeout(quiet);
    try {
      const manifest = await node.store(request.caller, expected, { ...where, body });
      return reply.code(201).send(manifest);
    } finally {
      request.raw.setTimeout(0);
      forgetRest(request.raw);
    }
  });
  app.get('/v1/uploads/:id', async (request) => {
    const { id } = checked(piece.pick({ id: true }), request.params, 'the id of the upload');
    return { bytes: await node.uploaded(request.caller, id) };
  });
  app.get('/v1/data', async (request) => node.dataSets(request.caller));
  app.delete('/v1/data/:owner/:name', async (request, reply) => {
    await node.remove(request.caller, checked(names, request.params, 'the name of the data set'));
    return reply.code(204).send();
  });
  app.put('/v1/grants', { bodyLimit: maxGrantBytes }, async (request, reply) => {
    await node.grant(request.caller, request.body);
    return reply.code(204).send();
  });
  app.delete('/v1/grants/:id', async (request, reply) => {
    const { id } = checked(piece.pick({ id: true }), request.params, 'the id of the grant');
    await node.withdraw(request.caller, id);
    return reply.code(204).send();
  });
  app.get('/v1/grants', async (request) => node.grants(request.caller));
};
