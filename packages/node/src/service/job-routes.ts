import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Node } from '../node.js';
import { jobId, maxWorkBytes } from '../work/work.js';
import { checked } from './checked.js';
import { eventRoute } from './events.js';

const params = z.object({ id: jobId });
const place = z.object({ until: z.coerce.number().int().min(0) });
const submission = z.strictObject({ id: jobId, work: z.unknown() });

/** Works of one role in a minute: reading one takes the node a while. */
const submissions = { rateLimit: { max: 60, timeWindow: '1 minute' } };

export const jobRoutes = (app: FastifyInstance, node: Node): void => {
  const idOf = (request: FastifyRequest): string => checked(params, request.params, 'the id of the job').id;
  app.post('/v1/jobs', { config: submissions, bodyLimit: 2 * maxWorkBytes }, async (request, reply) => {
    const { id, work } = checked(submission, request.body, 'the job');
    return reply.code(201).send(await node.submit(request.caller, id, work));
  });
  app.get('/v1/jobs', async (request) => node.jobs(request.caller));
  app.get('/v1/jobs/:id', async (request) => node.job(request.caller, idOf(request)));
  app.delete('/v1/jobs/:id', async (request, reply) => {
    await node.cancel(request.caller, idOf(request));
    return reply.code(204).send();
  });
  app.post('/v1/jobs/:id/resume', async (request, reply) => {
    const { id: resumption } = checked(params, request.body, 'what names the resumption');
    await node.resume(request.caller, idOf(request), resumption);
    return reply.code(204).send();
  });
  app.get('/v1/jobs/:id/result', async (request, reply) => {
    const { size, stream } = await node.result(request.caller, idOf(request));
    return reply.type('application/octet-stream').header('content-length', size).send(stream);
  });
  app.get('/v1/jobs/:id/numbers', async (request, reply) => {
    const { until } = checked(place, request.query, 'how far');
    const sealed = await node.numbersSoFar(request.caller, idOf(request), until);
    return reply.type('application/octet-stream').send(sealed);
  });
  eventRoute(app, node, idOf);
};
