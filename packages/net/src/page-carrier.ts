import { TriadError } from '@triad/protocol';
import type { Carrier, CarrierEvents } from './carrier.js';
import { encodeData, type Outgoing } from './frame.js';

/** What is used of a browser's WebSocket. */
export interface PageSocket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(frame: Uint8Array): void;
  close(): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

const openState = 1;
/** Bytes that may wait while nobody reads: a page cannot make its peer wait. */
const maxHeld = 2 ** 28;
/** Milliseconds until it is asked again how much the browser has sent. */
const pace = 5;

/** A browser's websocket. */
export class PageCarrier implements Carrier {
  #events: CarrierEvents | undefined;
  #held: (Uint8Array | undefined)[] = [];
  #heldBytes = 0;
  #paused = false;
  #closed = false;
  #bytesRead = 0;

  constructor(private readonly socket: PageSocket) {
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => this.#arrive(data));
    socket.addEventListener('close', () => this.#close());
  }

  get open(): boolean {
    return this.socket.readyState === openState;
  }

  get waiting(): number {
    return this.socket.bufferedAmount;
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Whom to tell from now on. */
  listen(events: CarrierEvents): void {
    this.#events = events;
  }

  send(messages: readonly Outgoing[]): void {
    const frames: Uint8Array[] = [];
    let filled = 0;
    encodeData(messages, {
      begin: (bytes, length) => {
        const frame = new Uint8Array(length);
        frames.push(frame);
        filled = bytes;
        return frame.subarray(0, bytes);
      },
      end: (payload) => frames.at(-1)!.set(payload, filled),
    });
    for (const frame of frames) this.socket.send(frame);
  }

  async sendFrame(frame: Uint8Array): Promise<void> {
    this.socket.send(frame);
  }

  drained(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, pace));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    while (this.#held.length > 0 && !this.#paused) {
      const frame = this.#held.shift();
      this.#heldBytes -= frame?.length ?? 0;
      this.#tell(frame);
    }
  }

  close(): void {
    this.socket.close();
  }

  terminate(): void {
    this.socket.close();
    this.#close();
  }

  #arrive(data: unknown): void {
    // A text is no frame.
    const frame = data instanceof ArrayBuffer ? new Uint8Array(data) : undefined;
    this.#bytesRead += frame?.length ?? 1;
    if (!this.#paused) {
      this.#tell(frame);
      return;
    }
    this.#held.push(frame);
    this.#heldBytes += frame?.length ?? 0;
    if (this.#heldBytes <= maxHeld) return;
    const what = `${this.#heldBytes} bytes wait to be read, and a page cannot make the other side wait`;
    this.#events?.error(new TriadError('limit', what, { remedy: 'divide the data into smaller parts' }));
  }

  #tell(frame: Uint8Array | undefined): void {
    this.#events?.frame(frame ?? new Uint8Array(), frame !== undefined);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#events?.closed();
  }
}
