/** How a job goes, line by line, to whoever watches it: the newest state, as fast as it is read. */

import { TriadError } from '@triad/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { JobView } from '../docket.js';
import type { Node } from '../node.js';
import { isOver } from '../run/job.js';

/** Milliseconds between lines of a quiet watch, and at least between any two but the last. */
const [beat, pace] = [5000, 100];
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
  const sides = [raw, request.raw, request.raw.socket];
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    clearInterval(timer);
    clearTimeout(later);
    unwatch();
    for (const side of sides) side.off('close', end);
    closed();
    raw.end();
  };
  let next = 0;
  let later: NodeJS.Timeout | undefined;
  /** Whoever reads slowly, and whoever watches a fast job, misses states, and gets the newest one afterwards. */
  const say = () => {
    if (ended || raw.writableNeedDrain) return;
    const now = state();
    const wait = next - performance.now();
    if (wait > 0 && !isOver(now)) {
      later ??= setTimeout(() => {
        later = undefined;
        say();
      }, wait);
      return;
    }
    next = performance.now() + pace;
    raw.write(`${JSON.stringify(now)}\n`);
    if (isOver(now)) end();
  };
  const timer = setInterval(say, beat);
  const unwatch = watch(say);
  raw.on('drain', say);
  for (const side of sides) side.once('close', end);
  say();
};
