/**
 * What those who run a node look at, over plain HTTP: /health while the process serves, /ready while others can find it, too, and /metrics for
 * Prometheus. Nothing here is secret, or changes anything.
 */
import { createServer, type Server } from 'node:http';
import { TriadError } from '@triad/protocol';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Node } from './node.js';

export interface Operations {
  /** `http://host:port`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens at `host:port`; port 0 takes any. Throws `bad-argument` for an address that cannot be had. */
export const operations = async (node: Node, at: string): Promise<Operations> => {
  const registry = metricsOf(node);
  const server = createServer(async (request, response) => {
    if (request.method !== 'GET') return response.writeHead(405).end();
    const { url } = request;
    if (url === '/health' || url === '/ready') {
      const well = url === '/health' || node.ready();
      response.writeHead(well ? 200 : 503, { 'content-type': 'application/json' });
      return response.end(JSON.stringify(node.status()));
    }
    if (url !== '/metrics') return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': registry.contentType });
    response.end(await registry.metrics());
  });
  await listening(server, at);
  const { address, family, port } = server.address() as { address: string; family: string; port: number };
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const listening = (server: Server, at: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const [, host, port] = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(at) ?? [];
    const wrong = (why: string) =>
      reject(
        new TriadError('bad-argument', `operations: cannot listen on ${at} (${why})`, {
          remedy: 'write host:port of a free port',
        }),
      );
    if (host === undefined || Number(port) > 65535) return wrong('no address');
    server.once('error', (error: NodeJS.ErrnoException) => wrong(error.code ?? error.message));
    server.listen(Number(port), host, resolve);
  });

const metricsOf = (node: Node): Registry => {
  const registry = new Registry();
  const { federation, role } = node.status();
  registry.setDefaultLabels({ federation, role });
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'triad_jobs',
    help: 'Jobs by phase; those that wait are the queue',
    labelNames: ['phase'],
    registers: [registry],
    collect() {
      for (const [phase, count] of Object.entries(node.phases())) this.set({ phase }, count);
    },
  });
  new Gauge({
    name: 'triad_data_sets',
    help: 'Data sets that are here',
    registers: [registry],
    collect() {
      this.set(node.dataSetCount());
    },
  });
  growing(registry, 'triad_job_sent_bytes_total', 'Payload bytes that jobs sent', () => node.spent().sent);
  growing(
    registry,
    'triad_job_received_bytes_total',
    'Payload bytes that jobs received',
    () => node.spent().received,
  );
  growing(
    registry,
    'triad_job_rounds_total',
    'Rounds of the runs that are over, as planned',
    () => node.spent().rounds,
  );
  growing(registry, 'triad_job_runs_total', 'Runs of programs that are over', () => node.spent().units);
  return registry;
};

/** A number that starts at 0 with the process, and only grows. */
const growing = (registry: Registry, name: string, help: string, read: () => number): void => {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
};
