import { setTimeout as sleep } from 'node:timers/promises';
import { TriadError } from '@triad/protocol';
import type { WebSocket } from 'ws';
import type { Carrier, CarrierEvents } from './carrier.js';
import { decodeControl, encodeControl } from './control.js';
import { envelope } from './envelope.js';
import { encodeData, frameKind, type Outgoing } from './frame.js';
import type { Wire } from './wire.js';

/** How a carrier gets over the loss of its connection. */
export interface Lasting {
  /** See `Linked`. */
  readonly session: string;
  /** Milliseconds to be without a connection. */
  readonly patience: number;
  /** On the side that dialed: hands over another connection to the same session. Rejects with `peer-lost` when the peer has none any more. */
  readonly redial?: (received: number, adopt: (resumed: Resumed) => void) => Promise<void>;
}

/** A connection whose other end has said where it stands. */
export interface Resumed {
  readonly wire: Wire;
  /** Frames that have arrived there. */
  readonly received: number;
}

/** A frame as it goes onto the socket, in pieces. */
type Sent = readonly Uint8Array[];

/** Bytes that arrive before the peer is told. */
const ackBytes = 2 ** 20;
const firstPause = 50;
const longestPause = 1000;

/**
 * A carrier that outlives its connections. What was sent is kept until the peer has it, and sent again over the next connection from where the
 * peer stands, so that every frame arrives once and in order. The dialing side dials again; the other waits.
 */
export class LastingCarrier implements Carrier {
  #wire: Wire | undefined;
  #events!: CarrierEvents;
  /** Frames from number `#confirmed` on. */
  #unconfirmed: Sent[] = [];
  #confirmed = 0;
  #unconfirmedBytes = 0;
  #received = 0;
  #news = 0;
  #bytesBefore = 0;
  #paused = false;
  /** No other connection will come. */
  #final = false;
  #over = false;
  #waiters: (() => void)[] = [];
  #expiry: NodeJS.Timeout | undefined;

  constructor(
    wire: Wire,
    private readonly lasting: Lasting,
  ) {
    this.#wire = wire;
  }

  get open(): boolean {
    return !this.#final;
  }

  get waiting(): number {
    return this.#wire?.web.bufferedAmount ?? this.#unconfirmedBytes;
  }

  get bytesRead(): number {
    return this.#bytesBefore + (this.#wire?.socket.bytesRead ?? 0);
  }

  get paused(): boolean {
    return this.#paused || this.#wire === undefined;
  }

  listen(events: CarrierEvents): void {
    this.#events = events;
    this.#attend(this.#wire!);
  }

  send(messages: readonly Outgoing[]): void {
    const frames: Uint8Array[][] = [];
    encodeData(messages, {
      begin: (bytes, length) => {
        const { whole, body } = envelope(length, this.#masked, bytes);
        frames.push([whole]);
        return body;
      },
      end: (payload) => void frames.at(-1)!.push(payload),
    });
    for (const frame of frames) this.#keep(frame);
    this.#write(frames);
  }

  /** Pings tell where this side stands; other frames are kept until they have arrived. */
  async sendFrame(frame: Uint8Array): Promise<void> {
    if (frame[0] === frameKind.ping) return this.#tell();
    const { whole, body } = envelope(frame.length, this.#masked);
    body.set(frame);
    this.#keep([whole]);
    this.#write([[whole]]);
  }

  drained(): Promise<void> {
    const socket = this.#wire?.socket;
    return new Promise((resolve) => {
      if (socket !== undefined && !socket.writableNeedDrain) return setImmediate(resolve);
      this.#waiters.push(resolve);
      socket?.once('drain', () => this.#wake());
    });
  }

  interrupt(): boolean {
    this.#wire?.web.terminate();
    return !this.#final;
  }

  pause(): void {
    this.#paused = true;
    this.#wire?.web.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#wire?.web.resume();
  }

  close(): void {
    this.#final = true;
    if (this.#wire === undefined) this.#end();
    else this.#wire.web.close();
  }

  terminate(): void {
    this.#final = true;
    this.#wire?.web.terminate();
    this.#end();
  }

  /** Frames that have arrived, for the first word on another connection. */
  get received(): number {
    return this.#received;
  }

  /** Goes on over another connection. */
  adopt({ wire, received }: Resumed): void {
    if (this.#final || received < this.#confirmed || received > this.#confirmed + this.#unconfirmed.length) {
      wire.web.terminate();
      this.#end();
      return;
    }
    this.#drop();
    clearTimeout(this.#expiry);
    this.#wire = wire;
    this.#confirm(received);
    this.#attend(wire);
    if (this.#paused) wire.web.pause();
    this.#write(this.#unconfirmed);
    this.#wake();
  }

  get #masked(): boolean {
    return this.lasting.redial !== undefined;
  }

  /** A connection that is given up for another one, without its events. */
  #drop(): void {
    const wire = this.#wire;
    if (wire === undefined) return;
    this.#forget(wire);
    wire.web.terminate();
  }

  #forget({ web, socket }: Wire): void {
    web.removeAllListeners('message').removeAllListeners('close');
    this.#bytesBefore += socket.bytesRead;
    this.#wire = undefined;
  }

  #attend({ web }: Wire): void {
    web.on('message', (data: Buffer, binary: boolean) => this.#read(data, binary));
    web.on('error', (error: Error & { code?: string }) => this.#onError(web, error));
    web.once('close', () => this.#onClose(web));
  }

  #read(frame: Buffer, binary: boolean): void {
    const control = binary && frame[0] === frameKind.resume ? decodeControl(frame) : undefined;
    if (control?.kind === 'resume' && control.body.session === this.lasting.session)
      this.#confirm(control.body.received);
    else this.#take(frame, binary);
  }

  #take(frame: Buffer, binary: boolean): void {
    if (frame[0] === frameKind.goodbye) this.#final = true;
    this.#received++;
    this.#news += frame.length;
    if (this.#news >= ackBytes) this.#tell();
    this.#events.frame(frame, binary);
  }

  /** What the peer has need not be kept. More than was sent is a lie, and does no good to who tells it. */
  #confirm(received: number): void {
    const count = Math.min(received - this.#confirmed, this.#unconfirmed.length);
    if (count <= 0) return;
    for (const frame of this.#unconfirmed.splice(0, count)) this.#unconfirmedBytes -= bytesOf(frame);
    this.#confirmed += count;
  }

  #keep(frame: Sent): void {
    this.#unconfirmed.push(frame);
    this.#unconfirmedBytes += bytesOf(frame);
  }

  #write(frames: readonly Sent[]): void {
    const socket = this.#wire?.socket;
    if (socket === undefined || frames.length === 0) return;
    socket.cork();
    for (const frame of frames) for (const piece of frame) socket.write(piece);
    socket.uncork();
  }

  #tell(): void {
    this.#news = 0;
    const { session } = this.lasting;
    this.#wire?.web.send(encodeControl({ kind: 'resume', body: { session, received: this.#received } }));
  }

  /** A peer that breaks the protocol is no peer; a broken connection is followed by its close. */
  #onError(web: WebSocket, error: Error & { code?: string }): void {
    if (web !== this.#wire?.web || !error.code?.startsWith('WS_ERR_')) return;
    this.#final = true;
    this.#events.error(error);
  }

  #onClose(web: WebSocket): void {
    if (web !== this.#wire?.web) return;
    this.#forget(this.#wire);
    if (this.#final) {
      this.#end();
      return;
    }
    this.#expiry = setTimeout(() => this.#end(), this.lasting.patience);
    if (this.lasting.redial !== undefined) void this.#redial(this.lasting.redial);
  }

  async #redial(dial: NonNullable<Lasting['redial']>): Promise<void> {
    for (
      let pause = firstPause;
      this.#wire === undefined && !this.#over && !this.#final;
      pause = Math.min(2 * pause, longestPause)
    ) {
      try {
        return await dial(this.#received, (resumed) => this.adopt(resumed));
      } catch (error) {
        if (error instanceof TriadError && error.code === 'peer-lost') return this.#end();
      }
      await sleep(pause);
    }
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#final = true;
    clearTimeout(this.#expiry);
    this.#unconfirmed = [];
    this.#unconfirmedBytes = 0;
    this.#wake();
    this.#events.closed();
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }
}

const bytesOf = (frame: Sent): number => frame.reduce((n, { length }) => n + length, 0);
