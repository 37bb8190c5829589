import type { Address } from './address.js';
import type { Channel, Rank, Traffic } from './channel.js';
import { TriadError } from './error.js';
import { Mailbox } from './mailbox.js';

/** A message as a transcript records it. */
export interface Message {
  readonly from: Rank;
  readonly to: Rank;
  readonly address: Address;
  readonly bytes: Uint8Array;
  /** The round it travelled in, from 1. */
  readonly round: number;
}

export interface LocalOptions {
  /** Ranks of input and result parties beyond the computing ones; each has links to computing parties only. */
  readonly outside?: number;
  /** Sees every message; may return other bytes, or undefined to drop it. */
  readonly tap?: (message: Message) => Uint8Array | undefined;
}

/** Channels between parties of one process, in lockstep. */
export interface LocalNetwork {
  readonly channels: readonly Channel[];
  /** How often messages were carried: the dependent rounds so far. */
  readonly rounds: number;
}

/** Runs after everything that can go on without messages has gone on. */
const later: (run: () => void) => void =
  typeof setImmediate === 'function' ? (run) => void setImmediate(run) : (run) => void setTimeout(run, 0);

/**
 * In-process channels for `parties` computing parties. All messages of a round are delivered together once every
 * party waits, so `rounds` is the longest chain of dependent messages.
 */
export const local = (parties: number, options: LocalOptions = {}): LocalNetwork => {
  const { outside = 0, tap = (message) => message.bytes } = options;
  const ranks = Array.from({ length: parties + outside }, (_, r) => r);
  const linked = (a: Rank, b: Rank) => a !== b && (a < parties || b < parties);
  let rounds = 0;
  let queue: Omit<Message, 'round'>[] = [];
  const deliver = () => {
    const batch = queue;
    queue = [];
    rounds++;
    for (const message of batch) {
      const bytes = tap({ ...message, round: rounds });
      if (bytes !== undefined) channels[message.to]!.accept(message.from, message.address, bytes);
    }
  };
  const post = (message: Omit<Message, 'round'>) => {
    if (queue.length === 0) later(deliver);
    queue.push(message);
  };
  const leave = (gone: Rank, error: Error) => {
    for (const r of ranks) if (linked(gone, r)) later(() => channels[r]!.mailbox.leave(gone, error));
  };
  const channels = ranks.map((rank) => {
    const peers = ranks.filter((r) => linked(rank, r));
    return new LocalChannel(rank, peers, post, (error) => leave(rank, error));
  });
  return {
    channels,
    get rounds() {
      return rounds;
    },
  };
};

class LocalChannel implements Channel {
  readonly mailbox: Mailbox;
  readonly traffic: Traffic = { sent: { bytes: 0, messages: 0 }, received: { bytes: 0, messages: 0 } };
  #closed = false;

  constructor(
    readonly rank: Rank,
    readonly peers: readonly Rank[],
    private readonly post: (message: Omit<Message, 'round'>) => void,
    private readonly leave: (error: Error) => void,
  ) {
    this.mailbox = new Mailbox(peers);
  }

  send(to: Rank, address: Address, bytes: Uint8Array): void {
    if (this.#closed) throw new TriadError('closed', `party ${this.rank} has closed its channel`);
    if (!this.peers.includes(to))
      throw new TriadError('bad-argument', `party ${this.rank} has no link to ${to}`);
    count(this.traffic.sent, bytes);
    this.post({ from: this.rank, to, address, bytes });
  }

  accept(from: Rank, address: Address, bytes: Uint8Array): void {
    if (this.#closed) return;
    count(this.traffic.received, bytes);
    try {
      this.mailbox.deliver(from, address, bytes);
    } catch (error) {
      this.mailbox.leave(from, error as Error);
    }
  }

  recv(from: Rank, address: Address): Promise<Uint8Array> {
    return this.mailbox.recv(from, address);
  }

  retire(step: number): void {
    this.mailbox.retire(step);
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  async close(reason?: Error): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const closed = new TriadError(
      'closed',
      `party ${this.rank} closed its channel${reason ? `: ${reason.message}` : ''}`,
      {
        party: this.rank,
      },
    );
    this.leave(closed);
    for (const peer of this.peers) this.mailbox.leave(peer, reason ?? closed);
  }
}

const count = (counter: { bytes: number; messages: number }, bytes: Uint8Array): void => {
  counter.bytes += bytes.length;
  counter.messages += 1;
};
