import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A door on loopback through which bytes take their time. */
export interface DelayingProxy {
  readonly port: number;
  close(): void;
}

/** Passes connections on to a port of this machine; every byte arrives `milliseconds` later, either way. */
export const delayingProxy = async (target: number, milliseconds: number): Promise<DelayingProxy> => {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: target, allowHalfOpen: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from.setNoDelay());
      // A party that has gone closes the other side below.
      from.on('error', () => {});
      from.on('close', () => void sockets.delete(from));
      pass(from, to, milliseconds);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};

/** The line has no bandwidth limit of its own, so that nothing here holds back the sender. */
const pass = (from: Socket, to: Socket, milliseconds: number): void => {
  const waiting: { readonly due: number; readonly go: () => void }[] = [];
  const deliver = (): void => {
    while (waiting.length > 0 && waiting[0]!.due <= performance.now()) waiting.shift()!.go();
    if (waiting.length > 0) setTimeout(deliver, Math.max(1, waiting[0]!.due - performance.now()));
  };
  const delay = (go: () => void): void => {
    waiting.push({ due: performance.now() + milliseconds, go });
    if (waiting.length === 1) setTimeout(deliver, milliseconds);
  };
  from.on('data', (bytes: Buffer) => delay(() => void to.write(bytes)));
  from.on('end', () => delay(() => void to.end()));
  from.on('close', (failed) => failed && delay(() => void to.destroy()));
};

/** A port that was free a moment ago, for a party to listen on. */
export const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};
