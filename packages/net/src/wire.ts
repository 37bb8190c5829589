import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import { TriadError } from '@triad/protocol';
import { WebSocket, WebSocketServer } from 'ws';
import { type Endpoint, formatEndpoint, formatUrl } from './endpoint.js';
import { maxFrameBytes } from './frame.js';
import { plainText } from './reason.js';

/** PEM texts: the job's authority, this party's certificate and its key. `keys` makes them. */
export interface Credentials {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** An open websocket and the socket under it. Its errors have a listener already, so that none can end the process. */
export interface Wire {
  readonly web: WebSocket;
  readonly socket: Socket;
  /** Whether this side dialed: its messages then carry masks. */
  readonly dialed: boolean;
}

/** Who a certificate was made for. */
export interface Certified {
  readonly role: string;
  readonly job: string;
}

/** Milliseconds a stranger has to become a party. */
export const greetingTime = 5000;

export const webOptions = {
  perMessageDeflate: false,
  skipUTF8Validation: true,
  autoPong: false,
  maxPayload: maxFrameBytes,
  // A frame comes in one piece, and not byte by byte.
  maxFragments: 1,
  maxBufferedChunks: 2 ** 14,
};

/** Options of TLS by which both sides show certificates. */
export const mutual = (tls: Credentials) => ({ ...tls, minVersion: 'TLSv1.3' as const });

/** What the other side's certificate says; undefined on a plain or closed socket. The chain was checked by TLS. */
export const certified = (socket: Socket): Certified | undefined => {
  if (!(socket instanceof TLSSocket)) return undefined;
  // None on a socket that has been closed.
  const { CN, O } = (socket.getPeerCertificate() as Partial<PeerCertificate> | null)?.subject ?? {};
  return CN === undefined || O === undefined ? undefined : { role: String(CN), job: String(O) };
};

/** Opens a websocket; rejects with what went wrong underneath. */
export const dial = (endpoint: Endpoint & { readonly path?: string }, tls?: Credentials): Promise<Wire> =>
  new Promise((resolve, reject) => {
    let socket: Socket | undefined;
    const web = new WebSocket(formatUrl(endpoint, tls !== undefined, endpoint.path), {
      ...webOptions,
      handshakeTimeout: greetingTime,
      // Masks keep browsers from confusing proxies. There are neither here, and `ws` skips masks of zero.
      generateMask: (mask) => void mask.fill(0),
      // Names in certificates are roles, checked by the handshake.
      ...(tls && { ...mutual(tls), checkServerIdentity: () => false }),
    });
    web.once('upgrade', (response) => {
      socket = response.socket.setNoDelay();
    });
    web.on('error', reject);
    web.once('open', () => resolve({ web, socket: socket!, dialed: true }));
  });

/** A place where others dial. */
export interface Listening {
  readonly endpoint: Endpoint;
  /** Frees the port; websockets stay open. */
  close(): void;
}

const maxConnections = 256;
const limits = {
  headersTimeout: greetingTime,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 2 ** 13,
};

/** An HTTP server, over mutual TLS if there are credentials, that gives strangers little room and little time, and requests `requestTimeout` milliseconds. */
export const boundedServer = (
  onRequest: RequestListener,
  tls?: Credentials,
  requestTimeout = greetingTime,
): Server => {
  const server =
    tls === undefined
      ? createServer({ ...limits, requestTimeout }, onRequest)
      : createSecureServer(
          {
            ...limits,
            requestTimeout,
            ...mutual(tls),
            requestCert: true,
            rejectUnauthorized: true,
            handshakeTimeout: greetingTime,
          },
          onRequest,
        );
  server.maxConnections = maxConnections;
  return server;
};

/** Returns what frees the port and ends every connection, also those that are shaking hands, and websockets. */
export const closerOf = (server: Server): (() => Promise<void>) => {
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of connections) socket.destroy();
    });
};

/** Connections of one role. */
const mostOfRole = 64;

/** Lets no role take all the room. */
export const limitRoles = (server: Server, isExempt: (who: Certified) => boolean = () => false): void => {
  const counts = new Map<string, number>();
  server.on('secureConnection', (socket: TLSSocket) => {
    const who = certified(socket);
    if (who === undefined || isExempt(who)) return;
    const key = `${who.job}/${who.role}`;
    const count = counts.get(key) ?? 0;
    if (count >= mostOfRole) {
      socket.destroy();
      return;
    }
    counts.set(key, count + 1);
    socket.once('close', () => counts.set(key, counts.get(key)! - 1));
  });
};

/** Listens; throws `bad-argument` naming the option when the address cannot be had. */
export const bind = (server: Server, { host, port }: Endpoint, option: string): Promise<Endpoint> =>
  new Promise((resolve, reject) => {
    server.on('error', (cause: NodeJS.ErrnoException) => {
      const at = formatEndpoint({ host, port });
      const remedy = 'choose a free port, or 0 for any';
      reject(
        new TriadError('bad-argument', `${option}: cannot listen on ${at} (${cause.code})`, {
          remedy,
          cause,
        }),
      );
    });
    server.listen(port, host, () => resolve({ host, port: (server.address() as AddressInfo).port }));
  });

/** Where to take in whom. */
export interface Door {
  readonly listen: Endpoint;
  readonly tls: Credentials | undefined;
  /** Of web pages that may dial; what is no page has none. */
  readonly origins: readonly string[];
  readonly log: (line: string) => void;
}

/** Some browsers send a large frame in parts. */
const pageFragments = 2 ** 10;

/** Takes in websockets until closed. */
export const listen = async (
  { listen: at, tls, origins, log }: Door,
  onWire: (wire: Wire) => void,
): Promise<Listening> => {
  const server = boundedServer((_, response) => void response.writeHead(426).end(), tls);
  const sockets = new WebSocketServer({
    ...webOptions,
    ...(origins.length > 0 && { maxFragments: pageFragments }),
    server,
    clientTracking: false,
    verifyClient: ({ origin }: { readonly origin: string | undefined }, answer) => {
      const welcome = origin === undefined || origins.includes(origin);
      if (!welcome) log(`refused a page of ${plainText(origin, 100)}: it is none of \`origins\``);
      answer(welcome, 403);
    },
  });
  sockets.on('error', () => {});
  sockets.on('connection', (web: WebSocket, { socket }: IncomingMessage) => {
    web.on('error', () => {});
    onWire({ web, socket: socket.setNoDelay(), dialed: false });
  });
  const endpoint = await bind(server, at, 'listen');
  return {
    endpoint,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
