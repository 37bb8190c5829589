import { BlockList, isIP } from 'node:net';
import { TriadError } from '@triad/protocol';

/** A host and port, from text such as `10.0.0.1:8700`, `localhost:0` or `[::1]:8700`. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

const pattern = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]{1,253})):(\d{1,5})$/;

/** Undefined unless the text is a host and port. */
const tryEndpoint = (text: string): Endpoint | undefined => {
  const match = pattern.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host !== undefined && port <= 65535 ? { host, port } : undefined;
};

/** Throws `bad-argument` naming the option it came from. */
export const parseEndpoint = (text: string, option: string): Endpoint => {
  const endpoint = tryEndpoint(text);
  if (endpoint !== undefined) return endpoint;
  throw new TriadError('bad-argument', `${option}: ${JSON.stringify(text)} is not an address`, {
    remedy: 'write host:port, such as 10.0.0.1:8700 or [::1]:8700',
  });
};

export const formatEndpoint = ({ host, port }: Endpoint): string =>
  `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

/** The address a party announces: `ws://host:port` or `wss://host:port`, and where several are behind it, a path. */
export const formatUrl = (endpoint: Endpoint, secure: boolean, path = ''): string =>
  `${secure ? 'wss' : 'ws'}://${formatEndpoint(endpoint)}${path}`;

export interface ParsedUrl extends Endpoint {
  readonly secure: boolean;
  /** Empty, or with a slash in front. */
  readonly path: string;
}

/** The parts of an announced address; undefined when it is none, since anybody may have written it. */
export const parseUrl = (url: string): ParsedUrl | undefined => {
  const [, scheme, address = '', path = ''] =
    /^(wss?):\/\/([^/]{1,280})((?:\/[A-Za-z0-9._-]{1,64}){0,4})$/.exec(url) ?? [];
  const endpoint = tryEndpoint(address);
  return endpoint && { ...endpoint, secure: scheme === 'wss', path };
};

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

export const isLoopback = (host: string): boolean => {
  const family = isIP(host);
  if (family === 0) return host === 'localhost';
  return loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
};

/** Whether the host stands for all interfaces, so that nobody can dial it. */
export const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** What keeps a link's bytes from strangers, or the wish to do without. */
export interface Protection {
  readonly tls: boolean;
  readonly insecure: boolean;
}

/** Plain sockets are for one machine: throws unless the link is protected, local, or the user said `insecure`. */
export const requireProtection = (host: string, link: Protection): void => {
  if (link.tls || link.insecure || isLoopback(host)) return;
  throw new TriadError(
    'bad-argument',
    `plain sockets to or from ${host} would show the shares to the network`,
    {
      remedy:
        'make certificates with `triad keys` and give them as `tls`, or say `insecure` (--insecure) for a test',
    },
  );
};

/** Throws `bad-argument`, without the text, which may hold a password. */
export const checkRedisUrl = (url: string): void => {
  if (URL.canParse(url) && /^rediss?:\/\/./.test(url)) return;
  throw new TriadError('bad-argument', 'redis: not a URL of a Redis server', {
    remedy: 'write redis://host:port, or rediss:// for TLS',
  });
};
