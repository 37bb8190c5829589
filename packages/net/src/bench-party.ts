/** One party of `measureRounds`: a process that follows its parent's orders. */
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { type NetworkOptions, network } from './network.js';

export type Transport = 'tcp' | 'ws' | 'wss';

export type Order =
  /** Listens with a bare socket; the answer is the port. */
  | { readonly kind: 'listen' }
  /** Connects the bare ring: the port is the next party's. */
  | { readonly kind: 'tcp'; readonly next: number }
  | {
      readonly kind: 'web';
      readonly transport: Transport;
      readonly role: number;
      readonly options: NetworkOptions;
    }
  /** The answer is how many milliseconds the rounds took. */
  | { readonly kind: 'run'; readonly transport: Transport; readonly rounds: number; readonly bytes: number };

/** Sends to the next party and waits for the message of the one before. */
type Exchange = (bytes: Uint8Array) => Promise<Uint8Array>;

const parties = 3;
const server = createServer();
/** The party before may connect before it is this one's turn. */
const accepted = once(server, 'connection');
const exchanges = new Map<Transport, Exchange>();

const listen = async (): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** Bare sockets: to the next party one, from the one before another. */
const overTcp = async (port: number): Promise<Exchange> => {
  const next = dial({ port, host: '127.0.0.1', noDelay: true });
  await once(next, 'connect');
  const [previous] = (await accepted) as [Socket];
  const receive = reader(previous.setNoDelay());
  return (bytes) => {
    next.write(bytes);
    return receive(bytes.length);
  };
};

/** Messages of known length from a stream. */
const reader = (socket: Socket): ((bytes: number) => Promise<Uint8Array>) => {
  let have: Uint8Array = new Uint8Array(0);
  let waiting: { bytes: number; resolve: (message: Uint8Array) => void } | undefined;
  const settle = () => {
    if (waiting === undefined || have.length < waiting.bytes) return;
    const { bytes, resolve } = waiting;
    waiting = undefined;
    const message = have.subarray(0, bytes);
    have = have.subarray(bytes);
    resolve(message);
  };
  socket.on('data', (chunk) => {
    have = have.length === 0 ? chunk : Buffer.concat([have, chunk]);
    settle();
  });
  return (bytes) =>
    new Promise((resolve) => {
      waiting = { bytes, resolve };
      settle();
    });
};

/** Rounds after which addresses are forgotten, as a program's steps are. */
const stepRounds = 16;

const overWeb = async (role: number, options: NetworkOptions): Promise<Exchange> => {
  const channel = await network(options).join(role, {});
  let count = 0;
  return (bytes) => {
    const address = { step: Math.floor(count / stepRounds), index: count % stepRounds, path: 0 };
    if (address.index === 0 && address.step > 0) channel.retire(address.step - 1);
    count++;
    channel.send((role + 1) % parties, address, bytes);
    return channel.recv((role + parties - 1) % parties, address);
  };
};

const run = async (exchange: Exchange, rounds: number, bytes: number): Promise<number> => {
  const start = performance.now();
  let message: Uint8Array = new Uint8Array(bytes);
  for (let round = 0; round < rounds; round++) message = await exchange(message);
  return performance.now() - start;
};

const follow = async (order: Order): Promise<number> => {
  if (order.kind === 'listen') return listen();
  if (order.kind === 'run') return run(exchanges.get(order.transport)!, order.rounds, order.bytes);
  if (order.kind === 'tcp') exchanges.set('tcp', await overTcp(order.next));
  else exchanges.set(order.transport, await overWeb(order.role, order.options));
  return 0;
};

process.on('message', (order: Order) => {
  follow(order).then(
    (answer) => process.send!(answer),
    (error: Error) => {
      console.error(error.message);
      process.exit(1);
    },
  );
});

// Without its parent there is nothing to do.
process.on('disconnect', () => process.exit());
