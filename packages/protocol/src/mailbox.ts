import { type Address, formatAddress, maxStep, slot } from './address.js';
import type { Rank } from './channel.js';
import { TriadError } from './error.js';
import { stepsUpTo } from './step-range.js';

export interface MailboxOptions {
  /** Bytes of a peer's unclaimed messages above which its socket should pause; default 64 MiB. */
  readonly highWater?: number;
  /** Bytes of a peer's unclaimed messages that fail the link; default 1 GiB. */
  readonly limit?: number;
  /** Called when reading from a peer should stop or go on. */
  readonly onPause?: (peer: Rank) => void;
  readonly onResume?: (peer: Rank) => void;
}

interface Waiter {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

const consumed = null;
type Entry = Uint8Array | Waiter | typeof consumed;

/** What a stored message takes beside its payload (measured: 330 bytes), so that a flood of empty ones is bounded too. */
const overhead = 384;

class Box {
  readonly steps = new Map<number, Map<number, Entry>>();
  buffered = 0;
  waiting = 0;
  paused = false;
  gone: Error | undefined;
}

/**
 * Matches arriving messages with the calls that wait for them, by peer and address. Bounded: past the high-water
 * mark a peer is read only while somebody waits for a message of that peer, so that pausing can never deadlock.
 */
export class Mailbox {
  readonly #boxes = new Map<Rank, Box>();
  readonly #options: Required<MailboxOptions>;
  #closed = -1;

  constructor(peers: readonly Rank[], options: MailboxOptions = {}) {
    this.#options = { highWater: 2 ** 26, limit: 2 ** 30, onPause: () => {}, onResume: () => {}, ...options };
    for (const peer of peers) this.#boxes.set(peer, new Box());
  }

  /**
   * Takes in a message; ignores it once the peer has left. Throws `bad-message` for a duplicate or a replay and
   * `limit` for a flood: fail the link.
   */
  deliver(from: Rank, address: Address, bytes: Uint8Array): void {
    const box = this.#box(from);
    if (box.gone !== undefined) return;
    if (address.step <= this.#closed) throw this.#refused(from, address, 'belongs to a step that is over');
    const entries = this.#entries(box, address.step);
    const key = slot(address);
    const entry = entries.get(key);
    if (entry === undefined) {
      entries.set(key, bytes);
      this.#grow(box, from, bytes.length + overhead);
      return;
    }
    if (entry === consumed || entry instanceof Uint8Array) throw this.#refused(from, address, 'came twice');
    entries.set(key, consumed);
    box.waiting--;
    entry.resolve(bytes);
    this.#settle(box, from);
  }

  recv(from: Rank, address: Address): Promise<Uint8Array> {
    const box = this.#box(from);
    if (address.step <= this.#closed) return Promise.reject(this.#misuse(address, 'a step that is closed'));
    const entries = this.#entries(box, address.step);
    const key = slot(address);
    const entry = entries.get(key);
    if (entry instanceof Uint8Array) {
      entries.set(key, consumed);
      box.buffered -= entry.length + overhead;
      this.#settle(box, from);
      return Promise.resolve(entry);
    }
    if (entry !== undefined) return Promise.reject(this.#misuse(address, 'a message already asked for'));
    if (box.gone !== undefined) return Promise.reject(box.gone);
    return new Promise((resolve, reject) => {
      entries.set(key, { resolve, reject });
      box.waiting++;
      this.#settle(box, from);
    });
  }

  /** Forgets this step and all before it. Named ops (2^31 and above) stay. */
  retire(step: number): void {
    if (step > maxStep) throw new TriadError('bad-argument', 'named ops have no step to retire');
    for (const [peer, box] of this.#boxes) {
      for (const s of stepsUpTo(step, this.#closed, box.steps)) this.#forget(box, s);
      this.#settle(box, peer);
    }
    this.#closed = Math.max(this.#closed, step);
  }

  /** The peer is gone: what it sent before can still be read; everything else rejects with this error. */
  leave(peer: Rank, error: Error): void {
    const box = this.#box(peer);
    if (box.gone !== undefined) return;
    box.gone = error;
    for (const entries of box.steps.values()) {
      for (const [key, entry] of entries) {
        if (entry === consumed || entry instanceof Uint8Array) continue;
        entries.delete(key);
        box.waiting--;
        entry.reject(error);
      }
    }
  }

  #box(peer: Rank): Box {
    const box = this.#boxes.get(peer);
    if (box === undefined) {
      throw new TriadError('bad-argument', `this party has no link to party ${peer}`, {
        remedy: `its peers are ${[...this.#boxes.keys()].join(', ')}`,
      });
    }
    return box;
  }

  #entries(box: Box, step: number): Map<number, Entry> {
    let entries = box.steps.get(step);
    if (entries === undefined) {
      entries = new Map();
      box.steps.set(step, entries);
    }
    return entries;
  }

  #forget(box: Box, step: number): void {
    for (const entry of box.steps.get(step)?.values() ?? []) {
      if (entry instanceof Uint8Array) box.buffered -= entry.length + overhead;
      else if (entry !== consumed) {
        box.waiting--;
        entry.reject(new TriadError('closed', `step ${step} was closed while a message was awaited`));
      }
    }
    box.steps.delete(step);
  }

  #grow(box: Box, peer: Rank, bytes: number): void {
    box.buffered += bytes;
    if (box.buffered > this.#options.limit) {
      throw new TriadError('limit', `party ${peer} sent ${box.buffered} bytes that nobody asked for`, {
        party: peer,
      });
    }
    this.#settle(box, peer);
  }

  #settle(box: Box, peer: Rank): void {
    const pause = box.waiting === 0 && box.buffered > this.#options.highWater;
    if (pause === box.paused) return;
    box.paused = pause;
    if (pause) this.#options.onPause(peer);
    else this.#options.onResume(peer);
  }

  #refused(party: Rank, address: Address, how: string): TriadError {
    return new TriadError('bad-message', `party ${party} sent a message that ${how}`, {
      party,
      op: formatAddress(address),
      remedy: 'the link cannot be trusted any more; start a new session',
    });
  }

  #misuse(address: Address, what: string): TriadError {
    return new TriadError('address-reused', `recv of ${what}`, { op: formatAddress(address) });
  }
}
