import type { Address } from './address.js';

/** A party's number. Computing parties are 0 to parties - 1; input and result parties have higher ones. */
export type Rank = number;

/**
 * Bytes between parties, addressed. At most one message per (peer, direction, address). A message may arrive before
 * it is asked for. After a failure every pending and later call rejects with the same TriadError.
 */
export interface Channel {
  readonly rank: Rank;
  /** The ranks this party has a link to. */
  readonly peers: readonly Rank[];
  /** Takes the bytes over: the caller must not change them afterwards. Messages of one tick travel together. */
  send(to: Rank, address: Address, bytes: Uint8Array): void;
  /** The message at this address. Rejects with `peer-lost`, `timeout` or `closed`, naming the party. */
  recv(from: Rank, address: Address): Promise<Uint8Array>;
  /** Forgets addresses of this step and all before it; what arrives for them later is a replay and fails the link. */
  retire(step: number): void;
  /** Resolves when no more than the high-water mark waits to be sent: await it in loops that only send. */
  drain(): Promise<void>;
  readonly traffic: Traffic;
  /** Sends what is queued, tells the peers why, and closes. */
  close(reason?: Error): Promise<void>;
}

/** Counted by the channel: payload bytes (without headers) and messages. */
export interface Traffic {
  readonly sent: { bytes: number; messages: number };
  readonly received: { bytes: number; messages: number };
}

/** What all parties must agree on before the first op; a mismatch names the key and both sides' values. */
export type Agreement = Readonly<Record<string, string | number>>;

/** Finds the other parties and connects to them. */
export interface Network {
  /** The job's outside parties by name, in rank order: the first has the rank after the last computing party. */
  readonly outside?: readonly string[];
  /** `role` is a computing party's number or an outside party's name, as the job lists them. */
  join(role: number | string, agreement: Agreement): Promise<Channel>;
}
