/** One party of `measureRounds`: a process that follows its parent's orders. */
import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';
import { network } from './network.js';
import type { Credentials } from './wire.js';

export type Transport = 'tcp' | 'ws' | 'wss';

export type Order =
  | { readonly kind: 'port' }
  | {
      readonly kind: 'connect';
      readonly transport: Transport;
      readonly rank: number;
      readonly job: string;
      readonly peers: Readonly<Record<string, string>>;
      readonly tls?: Credentials;
    }
  | { readonly kind: 'run'; readonly transport: Transport; readonly rounds: number; readonly bytes: number };

/** Sends to the next party and waits for the message of the one before. */
type Exchange = (round: number, bytes: Uint8Array) => Promise<Uint8Array>;

const parties = 3;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

type Connect = Extract<Order, { kind: 'connect' }>;

/** Bare sockets: to the next party one, from the one before another. */
const overTcp = async ({ rank, peers }: Connect): Promise<Exchange> => {
  const server = createServer();
  server.listen(Number(peers[rank]!.split(':')[1]), '127.0.0.1');
  const accepted = once(server, 'connection');
  const next = await dialUntil(Number(peers[(rank + 1) % parties]!.split(':')[1]));
  const [previous] = (await accepted) as [Socket];
  previous.setNoDelay();
  const chunks: Uint8Array[] = [];
  let [have, want] = [0, 0];
  let resolve: (bytes: Uint8Array) => void = () => {};
  const settle = () => {
    if (want === 0 || have < want) return;
    const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    chunks.length = 0;
    if (have > want) chunks.push(all.subarray(want));
    have -= want;
    const message = all.subarray(0, want);
    want = 0;
    resolve(message);
  };
  previous.on('data', (chunk) => {
    chunks.push(chunk);
    have += chunk.length;
    settle();
  });
  return (_, bytes) => {
    next.write(bytes);
    return new Promise((r) => {
      resolve = r;
      want = bytes.length;
      settle();
    });
  };
};

const dialUntil = async (port: number): Promise<Socket> => {
  for (;;) {
    const socket = dial({ port, host: '127.0.0.1', noDelay: true });
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    if (open) return socket;
  }
};

/** Rounds after which addresses are forgotten, as steps of a program are. */
const stepRounds = 16;

const overWeb = async ({ rank, job, peers, tls }: Connect): Promise<Exchange> => {
  const channel = await network({ job, peers, ...(tls && { tls }) }).join(rank, {});
  let count = 0;
  return (_, bytes) => {
    const address = { step: Math.floor(count / stepRounds), index: count % stepRounds, path: 0 };
    if (count % stepRounds === 0 && count > 0) channel.retire(address.step - 1);
    count++;
    channel.send((rank + 1) % parties, address, bytes);
    return channel.recv((rank + parties - 1) % parties, address);
  };
};

const exchanges = new Map<Transport, Exchange>();

/** Milliseconds. */
const run = async (exchange: Exchange, rounds: number, bytes: number): Promise<number> => {
  const start = performance.now();
  let message: Uint8Array = new Uint8Array(bytes);
  for (let round = 0; round < rounds; round++) message = await exchange(round, message);
  return performance.now() - start;
};

const follow = async (order: Order): Promise<unknown> => {
  if (order.kind === 'port') return freePort();
  if (order.kind === 'run') return run(exchanges.get(order.transport)!, order.rounds, order.bytes);
  exchanges.set(order.transport, await (order.transport === 'tcp' ? overTcp : overWeb)(order));
  return undefined;
};

process.on('message', (order: Order) => {
  follow(order).then(
    (answer) => process.send!(answer ?? null),
    (error: Error) => {
      console.error(error.message);
      process.exit(1);
    },
  );
});

// Without its parent there is nothing to do.
process.on('disconnect', () => process.exit());
