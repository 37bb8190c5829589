import type { WebSocket } from 'ws';
import type { Carrier, CarrierEvents } from './carrier.js';
import { envelope } from './envelope.js';
import { encodeData, type Outgoing } from './frame.js';
import type { Wire } from './wire.js';

const sendOptions = { binary: true, compress: false };

/** A websocket of `ws`. Data frames go past it, to the socket itself. */
export class SocketCarrier implements Carrier {
  readonly #web: WebSocket;

  constructor(private readonly wire: Wire) {
    this.#web = wire.web;
  }

  get open(): boolean {
    return this.#web.readyState === this.#web.OPEN;
  }

  get waiting(): number {
    return this.#web.bufferedAmount;
  }

  get bytesRead(): number {
    return this.wire.socket.bytesRead;
  }

  get paused(): boolean {
    return this.#web.isPaused;
  }

  listen({ frame, error, closed }: CarrierEvents): void {
    this.#web.on('message', (data: Buffer, binary: boolean) => frame(data, binary));
    this.#web.on('error', error);
    this.#web.once('close', closed);
  }

  send(messages: readonly Outgoing[]): void {
    const { socket, dialed } = this.wire;
    const runs: Uint8Array[] = [];
    encodeData(messages, {
      begin: (bytes, length) => {
        const { whole, body } = envelope(length, dialed, bytes);
        runs.push(whole);
        return body;
      },
      end: (payload) => void runs.push(payload),
    });
    if (runs.length > 1) socket.cork();
    for (const run of runs) socket.write(run);
    if (runs.length > 1) socket.uncork();
  }

  sendFrame(frame: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#web.send(frame, sendOptions, () => resolve()));
  }

  drained(): Promise<void> {
    const { socket } = this.wire;
    return new Promise((resolve) => {
      if (socket.writableNeedDrain) socket.once('drain', resolve);
      else setImmediate(resolve);
    });
  }

  pause(): void {
    this.#web.pause();
  }

  resume(): void {
    this.#web.resume();
  }

  close(): void {
    this.#web.close();
  }

  terminate(): void {
    this.#web.terminate();
  }
}
