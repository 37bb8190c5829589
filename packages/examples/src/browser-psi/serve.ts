import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { network } from '@triad/net';
import { intersect, job, ranks } from './intersect.js';

/** By path, where they are in this package. */
const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['src/browser-psi/page.html', 'text/html; charset=utf-8'],
  '/page.js': ['dist/browser-psi/page.js', 'text/javascript; charset=utf-8'],
};

/** The page, at an address of this machine. */
const openPage = async (): Promise<{ readonly server: Server; readonly origin: string }> => {
  const here = import.meta.resolve('@triad/examples/package.json');
  const contents = new Map(
    await Promise.all(
      Object.entries(files).map(async ([path, [file, type]]) => {
        const body = await readFile(new URL(file, here));
        return [path, { body, type }] as const;
      }),
    ),
  );
  const server = createServer(({ url = '' }, response) => {
    const found = contents.get(url);
    if (found === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': found.type }).end(found.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

export interface ServeOptions {
  /** `host:port` at which the page finds this side. */
  readonly listen: string;
  /** Milliseconds to wait for the page. */
  readonly timeout: number;
  /** Told where to look. */
  readonly onReady: (url: string) => void;
}

/**
 * Serves the page, and finds the common keys once with whoever opens it: a page that might ask again and again would learn the list key by key.
 * Resolves to the common keys.
 */
export const serve = async (
  keys: readonly string[],
  { listen, timeout, onReady }: ServeOptions,
): Promise<string[]> => {
  const { server, origin } = await openPage();
  const peers = { [ranks.node]: listen };
  const finding = intersect(
    network({ job, parties: 2, peers, origins: [origin], timeout }),
    ranks.node,
    keys,
  );
  onReady(`${origin}/#${listen}`);
  try {
    const { rows } = await finding;
    return [...rows!].map((row) => keys[row]!).sort();
  } finally {
    server.close();
    server.closeAllConnections();
  }
};
