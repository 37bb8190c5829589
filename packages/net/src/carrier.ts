import type { Outgoing } from './frame.js';

/** What happens on a carrier. */
export interface CarrierEvents {
  readonly frame: (frame: Uint8Array, binary: boolean) => void;
  readonly error: (error: Error & { code?: string }) => void;
  /** Once. */
  readonly closed: () => void;
}

/** An open websocket, in Node or in a browser: what a link runs on. No Node here. */
export interface Carrier {
  readonly open: boolean;
  /** Bytes that wait to be sent. */
  readonly waiting: number;
  /** Grows with everything that arrives. */
  readonly bytesRead: number;
  /** Whether nothing is read at present. */
  readonly paused: boolean;
  listen(events: CarrierEvents): void;
  /** Messages, as data frames. */
  send(messages: readonly Outgoing[]): void;
  /** A whole frame; resolves when it was taken. */
  sendFrame(frame: Uint8Array): Promise<void>;
  /** Resolves when what was sent is taken, or after a moment. */
  drained(): Promise<void>;
  /** Gives up a connection that is silent for another one; false where there can be none. */
  interrupt?(): boolean;
  pause(): void;
  resume(): void;
  close(): void;
  terminate(): void;
}
