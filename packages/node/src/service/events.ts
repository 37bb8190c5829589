/** How a job goes, line by line, to whoever watches it: the newest state, as fast as it is read. */

import { TriadError } from '@triad/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { JobView } from '../docket.js';
import type { Node } from '../node.js';
import { isOver } from '../run/job.js';

/** Milliseconds between lines of a quiet watch. */
const beat = 5000;
/** Jobs that one role watches at a time. */
const mostWatches = 16;

export const eventRoute = (
  app: FastifyInstance,
  node: Node,
  idOf: (request: FastifyRequest) => string,
): void => {
  const watches = new Map<string, number>();
  app.get('/v1/jobs/:id/events', async (request, reply) => {
    const id = idOf(request);
    const { caller } = request;
    const state = () => node.job(caller, id);
    state();
    const count = watches.get(caller) ?? 0;
    if (count >= mostWatches)
      throw new TriadError('limit', `${caller} watches ${count} jobs`, { remedy: 'watch fewer at a time' });
    watches.set(caller, count + 1);
    stream(request, reply, {
      state,
      watch: (listener) => node.watch(caller, id, listener),
      closed: () => watches.set(caller, watches.get(caller)! - 1),
    });
  });
};

interface Watched {
  readonly state: () => JobView;
  readonly watch: (listener: () => void) => () => void;
  readonly closed: () => void;
}

const stream = (request: FastifyRequest, reply: FastifyReply, { state, watch, closed }: Watched): void => {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': 'application/x-ndjson' });
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    clearInterval(timer);
    unwatch();
    closed();
    raw.end();
  };
  /** A reader that is slow misses states, and gets the newest one when it has read. */
  const say = () => {
    if (ended || raw.writableNeedDrain) return;
    const now = state();
    raw.write(`${JSON.stringify(now)}\n`);
    if (isOver(now)) end();
  };
  const timer = setInterval(say, beat);
  const unwatch = watch(say);
  raw.on('drain', say);
  for (const side of [raw, request.raw, request.raw.socket]) side.once('close', end);
  say();
};
