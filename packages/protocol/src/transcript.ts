import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Address, formatAddress, slot } from './address.js';
import type { Message } from './local.js';

/** What one op sent, its sub-ops included. */
export interface OpTraffic {
  readonly op: string;
  /** In how many rounds its messages travelled. */
  readonly rounds: number;
  readonly messages: number;
  /** Payload bytes of all parties. */
  readonly bytes: number;
}

/** Everything that was sent over a `local` network. */
export interface Transcript {
  /** For `local` or `simulate`. */
  readonly tap: (message: Message) => Uint8Array | undefined;
  /** In the order in which they were carried. */
  readonly messages: readonly Message[];
  /** The round of the latest message. */
  readonly rounds: number;
  /** SHA-256, in hex, over sender, receiver, address and bytes of every message; the order of calls does not matter. */
  digest(): string;
  /** By op, in the order of the first messages. */
  ops(): readonly OpTraffic[];
}

/** Records what is sent; `tap` may still change or drop it. */
export const record = (tap = (message: Message): Uint8Array | undefined => message.bytes): Transcript => {
  const messages: Message[] = [];
  return {
    messages,
    tap: (message) => {
      messages.push(message);
      return tap(message);
    },
    get rounds() {
      return messages.at(-1)?.round ?? 0;
    },
    digest: () => digest(messages),
    ops: () => opTraffic(messages),
  };
};

const byAddress = (a: Message, b: Message): number =>
  a.address.step - b.address.step || slot(a.address) - slot(b.address) || a.from - b.from || a.to - b.to;

const digest = (messages: readonly Message[]): string => {
  const hash = sha256.create();
  for (const { from, to, address, bytes } of [...messages].sort(byAddress)) {
    const head = [from, to, address.step, address.index, address.path, bytes.length];
    hash.update(utf8ToBytes(`${head.join(',')};`)).update(bytes);
  }
  return bytesToHex(hash.digest());
};

const opTraffic = (messages: readonly Message[]): OpTraffic[] => {
  const ops = new Map<string, Message[]>();
  for (const message of messages) {
    const whole: Address = { ...message.address, path: 0 };
    const name = formatAddress(whole);
    const known = ops.get(name);
    if (known === undefined) ops.set(name, [message]);
    else known.push(message);
  }
  return Array.from(ops, ([op, sent]) => ({
    op,
    rounds: new Set(sent.map((message) => message.round)).size,
    messages: sent.length,
    bytes: sent.reduce((sum, message) => sum + message.bytes.length, 0),
  }));
};
