import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Order, Transport } from './bench-party.js';
import { keys } from './keys.js';
import { rendezvous } from './rendezvous.js';
import type { Credentials } from './wire.js';

export type { Transport };

export interface RoundsOptions {
  /** What to measure, in turns; default `tcp` and `ws`. */
  readonly transports?: readonly Transport[];
  /** Dependent rounds in one measurement; default 1000. */
  readonly rounds?: number;
  /** Payload bytes each party sends in a round; default 64. */
  readonly bytes?: number;
  /** Measurements per transport; default 21. */
  readonly repeats?: number;
}

/** Microseconds a round took, by transport, in each of the repeats. */
export type Rounds = Readonly<Partial<Record<Transport, readonly number[]>>>;

const parties = 3;
/** Measurements that do not count: compilers optimise what has run often. */
const warmUp = 15;

/**
 * Three processes on this machine in a ring: in every round each sends to the next and waits for the one before. `tcp`
 * is the same ring over bare sockets of `node:net`; `ws` and `wss` are this package's channels.
 */
export const measureRounds = async (options: RoundsOptions = {}): Promise<Rounds> => {
  const { transports = ['tcp', 'ws'], rounds = 1000, bytes = 64, repeats = 21 } = options;
  const children = Array.from({ length: parties }, () => new Child());
  try {
    await setUp(children, transports);
    const runs = new Map(transports.map((transport) => [transport, [] as number[]]));
    for (let i = -warmUp; i < repeats; i++) {
      for (const transport of transports) {
        const times = await askAll(children, () => ({ kind: 'run', transport, rounds, bytes }));
        if (i >= 0) runs.get(transport)!.push((Math.max(...times.map(Number)) * 1000) / rounds);
      }
    }
    return Object.fromEntries(runs);
  } finally {
    for (const child of children) child.end();
  }
};

/** A process that answers one order after the other. */
class Child {
  readonly #process = fork(fileURLToPath(new URL('./bench-party.js', import.meta.url)));
  #settle = { resolve: (_: unknown) => {}, reject: (_: Error) => {} };

  constructor() {
    this.#process.on('message', (answer) => this.#settle.resolve(answer));
    this.#process.once('exit', () => this.#settle.reject(new Error('a process of the benchmark died')));
  }

  ask(order: Order): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#process.send(order);
    });
  }

  end(): void {
    this.#process.kill();
  }
}

const setUp = async (children: readonly Child[], transports: readonly Transport[]): Promise<void> => {
  for (const transport of transports)
    await (transport === 'tcp' ? connectTcp : connectWeb)(children, transport);
};

const connectTcp = async (children: readonly Child[]): Promise<void> => {
  const ports = (await askAll(children, () => ({ kind: 'listen' }))) as number[];
  await askAll(children, (rank) => ({ kind: 'tcp', next: ports[(rank + 1) % parties]! }));
};

const connectWeb = async (children: readonly Child[], transport: Transport): Promise<void> => {
  const job = 'bench-rounds';
  const credentials = transport === 'wss' ? await keys(job, ['0', '1', '2', 'board']) : [];
  const board = await rendezvous({ listen: '127.0.0.1:0', ...secure(credentials[parties]) });
  await askAll(children, (role) => {
    const options = { job, rendezvous: board.address, ...secure(credentials[role]) };
    return { kind: 'web', transport, role, options };
  });
  await board.close();
};

const secure = (tls: Credentials | undefined) => tls && { tls };

/** Gives each party an order; resolves with their answers. */
const askAll = (children: readonly Child[], order: (rank: number) => Order): Promise<unknown[]> =>
  Promise.all(children.map((child, rank) => child.ask(order(rank))));
