import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Node } from '../node.js';
import { isOver } from '../run/job.js';
import { jobId } from '../work/work.js';
import { callerOf, checked } from './service.js';

const params = z.object({ id: jobId });
const submission = z.strictObject({ id: jobId, work: z.unknown() });

/** Milliseconds between lines of a quiet watch. */
const beat = 5000;

export const jobRoutes = (app: FastifyInstance, node: Node): void => {
  const idOf = (request: { readonly params: unknown }) =>
    checked(params, request.params, 'the id of the job').id;
  app.post('/v1/jobs', async (request, reply) => {
    const { id, work } = checked(submission, request.body, 'the job');
    return reply.code(201).send(await node.submit(callerOf(request), id, work));
  });
  app.get('/v1/jobs', async (request) => node.jobs(callerOf(request)));
  app.get('/v1/jobs/:id', async (request) => node.job(callerOf(request), idOf(request)));
  app.delete('/v1/jobs/:id', async (request, reply) => {
    await node.cancel(callerOf(request), idOf(request));
    return reply.code(204).send();
  });
  app.post('/v1/jobs/:id/resume', async (request, reply) => {
    await node.resume(callerOf(request), idOf(request));
    return reply.code(204).send();
  });
  app.get('/v1/jobs/:id/result', async (request, reply) =>
    reply.type('application/octet-stream').send(await node.result(callerOf(request), idOf(request))),
  );
  app.get('/v1/jobs/:id/events', async (request, reply) => {
    const id = idOf(request);
    const first = await node.job(callerOf(request), id);
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const say = (state: unknown) => reply.raw.write(`${JSON.stringify(state)}\n`);
    say(first);
    const timer = setInterval(async () => say(await node.job(callerOf(request), id)), beat);
    const unwatch = node.watch(id, (view) => {
      say(view);
      if (isOver(view)) end();
    });
    const end = () => {
      clearInterval(timer);
      unwatch();
      reply.raw.end();
    };
    request.raw.on('close', end);
    if (isOver(first)) end();
  });
};
