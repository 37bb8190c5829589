import { type Address, type Channel, Mailbox, type Rank, type Traffic, TriadError } from '@triad/protocol';
import type { Carrier } from './carrier.js';
import { maxMessageBytes } from './frame.js';
import { beats, Link, type LinkOwner } from './link.js';
import { toReason } from './reason.js';
import { partyName, peersOf, type Roster } from './roster.js';

export interface ChannelOptions {
  /** Milliseconds of silence after which a peer counts as lost. */
  readonly lostAfter: number;
  /** Calls a function once what is under way in this tick is over. */
  readonly defer: (run: () => void) => void;
}

/** Bytes waiting for one peer above which `drain` waits. */
const highWater = 2 ** 24;
/** Milliseconds peers get to hear why this party fails. */
const lastWords = 1000;

/** A channel over one link per peer. No Node here. It exists before its links do, and is whole once each peer has been attached. */
export class SocketChannel implements Channel {
  readonly peers: readonly Rank[];
  readonly traffic: Traffic = { sent: { bytes: 0, messages: 0 }, received: { bytes: 0, messages: 0 } };
  /** Resolves when every peer is attached, rejects when the channel fails first. */
  readonly whole: Promise<void>;
  readonly #links = new Map<Rank, Link>();
  readonly #mailbox: Mailbox;
  readonly #heartbeat: ReturnType<typeof setInterval>;
  readonly #defer: (run: () => void) => void;
  #planned: Link[] = [];
  #end: { readonly error: Error; readonly done: Promise<void> } | undefined;
  #settle!: { resolve: () => void; reject: (error: Error) => void };

  constructor(
    private readonly roster: Roster,
    readonly rank: Rank,
    { lostAfter, defer }: ChannelOptions,
  ) {
    this.#defer = defer;
    this.peers = peersOf(roster, rank);
    this.#mailbox = new Mailbox(this.peers, {
      onPause: (peer) => this.#links.get(peer)?.pause(),
      onResume: (peer) => this.#links.get(peer)?.resume(),
    });
    this.whole = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.whole.catch(() => {});
    this.#heartbeat = setInterval(() => this.#beat(), lostAfter / beats);
  }

  has(peer: Rank): boolean {
    return this.#links.has(peer);
  }

  /** Takes over a carrier whose handshake is done; `at` is the peer's address, for people. */
  attach(rank: Rank, carrier: Carrier, at: string): void {
    const name = `${partyName(this.roster, rank)} (${at})`;
    const link = new Link({ rank, name }, carrier, this.#owner);
    this.#links.set(rank, link);
    if (this.#end !== undefined) this.#turnAway(link, this.#end.error);
    else if (this.#links.size === this.peers.length) this.#settle.resolve();
  }

  send(to: Rank, address: Address, bytes: Uint8Array): void {
    if (this.#end !== undefined) throw this.#end.error;
    const link = this.#links.get(to);
    if (link === undefined)
      throw new TriadError('bad-argument', `party ${this.rank} has no link to party ${to}`);
    if (bytes.length > maxMessageBytes) throw tooLong(bytes.length);
    this.traffic.sent.bytes += bytes.length;
    this.traffic.sent.messages++;
    if (link.push({ address, bytes })) return;
    if (this.#planned.length === 0) this.#defer(this.#flush);
    this.#planned.push(link);
  }

  recv(from: Rank, address: Address): Promise<Uint8Array> {
    return this.#mailbox.recv(from, address);
  }

  retire(step: number): void {
    this.#mailbox.retire(step);
  }

  async drain(): Promise<void> {
    for (const link of this.#links.values()) {
      while (link.waiting > highWater && this.#end === undefined) await link.drained();
    }
    if (this.#end !== undefined) throw this.#end.error;
  }

  /** A reason makes every party fail with it; without one the peers go on. */
  close(reason?: Error): Promise<void> {
    this.#end ??= this.#finish(reason);
    return this.#end.done;
  }

  #finish(reason?: Error): { error: Error; done: Promise<void> } {
    const error =
      reason ?? new TriadError('closed', `party ${this.rank} has closed its channel`, { party: this.rank });
    this.#settle.reject(error);
    for (const peer of this.peers) this.#mailbox.leave(peer, error);
    return { error, done: this.#shut(reason) };
  }

  async #shut(reason?: Error): Promise<void> {
    const links = [...this.#links.values()];
    const closing = links.map((link) => link.close(reason && toReason(reason, this.rank)));
    const impatient = () => links.map((link) => link.terminate());
    const timer = reason && setTimeout(impatient, lastWords);
    await Promise.all(closing);
    clearTimeout(timer);
    clearInterval(this.#heartbeat);
  }

  /** A peer that came when this channel had failed already. */
  #turnAway(link: Link, error: Error): void {
    void link.close(toReason(error, this.rank));
    const timer = setTimeout(() => link.terminate(), lastWords);
    // Node alone waits for timers.
    if (typeof timer === 'object') timer.unref();
  }

  /** Everything sent during a tick, once the promises it settled have gone on. */
  readonly #flush = (): void => {
    const planned = this.#planned;
    this.#planned = [];
    for (const link of planned) link.flush();
  };

  #beat(): void {
    for (const link of this.#links.values()) link.beat();
  }

  readonly #owner: LinkOwner = {
    deliver: (from, address, bytes) => {
      this.traffic.received.bytes += bytes.length;
      this.traffic.received.messages++;
      this.#mailbox.deliver(from, address, bytes);
    },
    done: (from) => {
      const what = `${partyName(this.roster, from)} has finished and closed its channel`;
      const remedy = 'check that all parties run the same program';
      this.#mailbox.leave(from, new TriadError('closed', what, { party: from, remedy }));
    },
    failed: (_, error) => void this.close(error),
  };
}

const tooLong = (bytes: number): TriadError =>
  new TriadError('limit', `a message of ${bytes} bytes; the most is ${maxMessageBytes}`, {
    remedy: 'send it in parts',
  });
