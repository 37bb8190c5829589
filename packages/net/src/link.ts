import { type Address, type Rank, TriadError } from '@triad/protocol';
import type { Carrier } from './carrier.js';
import { decodeControl, encodeControl } from './control.js';
import { DataDecoder, frameKind, type Outgoing } from './frame.js';
import { fromReason, type Reason } from './reason.js';

/** Whom a link tells what happens on it. */
export interface LinkOwner {
  /** A message. Throws to fail the link. */
  readonly deliver: (from: Rank, address: Address, bytes: Uint8Array) => void;
  /** The peer is done: an ordinary end. */
  readonly done: (from: Rank) => void;
  /** The link cannot be used any more. */
  readonly failed: (from: Rank, error: TriadError) => void;
}

export interface LinkPeer {
  readonly rank: Rank;
  /** `party 1 (127.0.0.1:8701)`. */
  readonly name: string;
}

const ping = encodeControl({ kind: 'ping' });
/** Beats in the time after which a silent peer is lost. */
export const beats = 8;
/** A queue of so many bytes is sent without waiting for the end of the tick. */
const promptBytes = 2 ** 16;

/** One peer's websocket after the handshake. No Node here. */
export class Link {
  readonly #decoder: DataDecoder;
  readonly #closed: Promise<void>;
  #queue: Outgoing[] = [];
  #queued = 0;
  #over = false;
  #silence = 0;
  #bytesRead = 0;

  constructor(
    readonly peer: LinkPeer,
    private readonly carrier: Carrier,
    private readonly owner: LinkOwner,
  ) {
    this.#decoder = new DataDecoder(peer.rank, (address, bytes) => owner.deliver(peer.rank, address, bytes));
    this.#closed = new Promise((resolve) => {
      carrier.listen({
        frame: (frame, binary) => this.#receive(frame, binary),
        error: (error) => this.#fail(error instanceof TriadError ? error : this.#broken(error)),
        closed: () => {
          this.#fail(this.#lost('closed the connection'));
          resolve();
        },
      });
    });
  }

  /** Bytes that wait to be sent. */
  get waiting(): number {
    return this.#over ? 0 : this.#queued + this.carrier.waiting;
  }

  /** Queues a message; returns whether a flush was due already. */
  push(message: Outgoing): boolean {
    const planned = this.#queue.length > 0;
    this.#queue.push(message);
    this.#queued += message.bytes.length;
    if (this.#queued >= promptBytes) this.flush();
    return planned;
  }

  /** Sends what is queued, as one frame if it is small. */
  flush(): void {
    const queue = this.#queue;
    if (queue.length === 0) return;
    this.#queue = [];
    this.#queued = 0;
    if (!this.#over && this.carrier.open) this.carrier.send(queue);
  }

  /** Resolves when what was sent is taken, or the link is closed. */
  drained(): Promise<void> {
    return Promise.race([this.carrier.drained(), this.#closed]);
  }

  pause(): void {
    this.carrier.pause();
  }

  resume(): void {
    this.carrier.resume();
  }

  /** Called at a steady pace: says that this party lives, and counts the calls between which the peer did not. Time in
   * which this party's own event loop stood still does not count. */
  beat(): void {
    const { carrier } = this;
    if (carrier.waiting === 0 && carrier.open) void carrier.sendFrame(ping);
    const { bytesRead } = carrier;
    this.#silence = bytesRead !== this.#bytesRead || carrier.paused ? 0 : this.#silence + 1;
    this.#bytesRead = bytesRead;
    // The first silent beat is less than one pace after the last byte.
    if (this.#silence < beats - 1) return;
    this.#silence = 0;
    if (carrier.interrupt?.()) return;
    this.#fail(this.#lost('is silent'));
    carrier.terminate();
  }

  /** Sends what is queued and a goodbye; resolves when the peer has taken all and closed, or is lost. */
  async close(reason?: Reason): Promise<void> {
    const { carrier } = this;
    carrier.resume();
    if (!this.#over) {
      this.flush();
      this.#over = true;
      const goodbye = encodeControl({ kind: 'goodbye', body: reason });
      // `ws` limits the time from its close on, and a slow peer may need more for what is queued.
      await Promise.race([carrier.sendFrame(goodbye), this.#closed]);
    }
    carrier.close();
    return this.#closed;
  }

  terminate(): void {
    this.carrier.terminate();
  }

  #receive(frame: Uint8Array, binary: boolean): void {
    if (this.#over) return;
    try {
      if (binary && frame[0] === frameKind.data) this.#decoder.read(frame);
      else this.#control(frame, binary);
    } catch (error) {
      this.#fail(error instanceof TriadError ? error : this.#broken(error as Error));
    }
  }

  #control(frame: Uint8Array, binary: boolean): void {
    const control = binary ? decodeControl(frame) : undefined;
    if (control?.kind === 'ping') return;
    if (control?.kind !== 'goodbye') throw this.#bad('a frame of no known form');
    const { body } = control;
    if (body !== undefined) throw fromReason(body, this.peer.name);
    this.#over = true;
    this.owner.done(this.peer.rank);
  }

  #fail(error: TriadError): void {
    if (this.#over) return;
    this.owner.failed(this.peer.rank, error);
  }

  #bad(what: string): TriadError {
    const { rank, name } = this.peer;
    const remedy = 'check that it runs the same version, and that nobody else can reach the port';
    return new TriadError('bad-message', `${name} sent ${what}`, { party: rank, remedy });
  }

  #broken(error: Error & { code?: string }): TriadError {
    const { rank, name } = this.peer;
    if (!error.code?.startsWith('WS_ERR_')) return this.#lost(`broke the connection (${error.message})`);
    if (!error.code.startsWith('WS_ERR_UNSUPPORTED_')) return this.#bad(`a bad frame (${error.message})`);
    return new TriadError('limit', `${name} sent a frame above the largest size`, { party: rank });
  }

  #lost(how: string): TriadError {
    const { rank, name } = this.peer;
    const remedy = 'see what it printed last, then start all parties again';
    return new TriadError('peer-lost', `${name} ${how}`, { party: rank, remedy });
  }
}
