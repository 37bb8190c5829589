/** One port for many jobs: websockets find theirs by path, other requests have one taker. */
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { Endpoint } from './endpoint.js';
import {
  bind,
  boundedServer,
  type Credentials,
  certified,
  closerOf,
  type Listening,
  limitRoles,
  type Wire,
  webOptions,
} from './wire.js';

export interface GateOptions {
  readonly at: Endpoint;
  readonly tls: Credentials;
  readonly federation: string;
  /** Whether a role takes part in jobs: others ask over HTTPS alone. */
  readonly isParty: (role: string) => boolean;
  readonly log: (line: string) => void;
}

/** Takes in the websockets of a path until it is closed. */
export type Door = (wire: Wire) => void;

const maxConnections = 4096;
/** Uploads take as long as they take; who asks has a certificate. */
const noLimit = 0;

export class Gate {
  readonly #doors = new Map<string, Door>();
  #taker: RequestListener = (_, response) => void response.writeHead(503).end();
  #missed: (path: string, role: string) => void = () => {};
  #endpoint!: Endpoint;
  readonly #server: Server;
  /** Frees the port, and ends every connection. */
  readonly close: () => Promise<void>;
  readonly #sockets = new WebSocketServer({ ...webOptions, noServer: true, clientTracking: false });

  private constructor(private readonly options: GateOptions) {
    const { tls, log, federation, isParty } = options;
    this.#server = boundedServer((request, response) => this.#taker(request, response), tls, noLimit);
    this.#server.maxConnections = maxConnections;
    this.close = closerOf(this.#server);
    limitRoles(this.#server, ({ job, role }) => job === federation && isParty(role));
    this.#server.on('tlsClientError', (error: Error, { remoteAddress }: Socket) => {
      // Who has gone by itself was not refused.
      if (remoteAddress !== undefined) log(`refused a connection from ${remoteAddress}: ${error.message}`);
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
  }

  /** Throws `bad-argument` when the address cannot be had. */
  static async open(options: GateOptions): Promise<Gate> {
    const gate = new Gate(options);
    gate.#endpoint = await bind(gate.#server, options.at, 'listen');
    return gate;
  }

  get endpoint(): Endpoint {
    return this.#endpoint;
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => {});
    const { federation, isParty, log } = this.options;
    const { job, role = '' } = certified(request.socket) ?? {};
    if (job !== federation || !isParty(role) || request.headers.origin !== undefined) {
      log(`refused ${role} of ${job} at a port of ${federation}`);
      turnAway(socket, '403 Forbidden');
      return;
    }
    const path = request.url ?? '';
    const door = this.#doors.get(path);
    if (door === undefined) {
      this.#missed(path, role);
      turnAway(socket, '404 Not Found');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (web) => {
      web.on('error', () => {});
      door({ web, socket: request.socket.setNoDelay(), dialed: false });
    });
  }

  /** Calls when a role asks for a path that is not open. */
  onMissed(listener: (path: string, role: string) => void): void {
    this.#missed = listener;
  }

  /** Gives other requests to somebody. */
  serve(taker: RequestListener): void {
    this.#taker = taker;
  }

  /** Opens a path. */
  listen(path: string, door: Door): Listening {
    this.#doors.set(path, door);
    return { endpoint: this.endpoint, close: () => void this.#doors.delete(path) };
  }
}

const turnAway = (socket: Socket, status: string): void => {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};
