import type { Agreement } from '@triad/protocol';
import { frameKind } from './frame.js';
import { type Reason, readReason } from './reason.js';

/** Frames other than data: a kind byte, then JSON (nothing for a ping) of at most `maxControlBytes`. No Node here. */
export const maxControlBytes = 2 ** 14;

/** The first words on a link, from both sides. */
export interface Hello {
  /** Of the wire format. */
  readonly version: number;
  readonly job: string;
  readonly parties: number;
  readonly outside: readonly string[];
  readonly from: number;
  readonly to: number;
  /** Fresh for every link: 32 hexadecimal digits. */
  readonly nonce: string;
  readonly agreement: Agreement;
}

/** The second words: the other side's nonce, which proves that they answer its hello and no recording. */
export interface Ready {
  readonly nonce: string;
}

/** Where the sender stands on a link that outlives its connections: sent on the first frame of a new one, and now and then. */
export interface Resume {
  /** See `Linked`. */
  readonly session: string;
  /** Frames that are data or goodbyes and have arrived. */
  readonly received: number;
}

type ControlKind = Exclude<keyof typeof frameKind, 'data'>;

export type Control =
  | { readonly kind: 'ping' }
  | { readonly kind: 'hello'; readonly body: Hello }
  | { readonly kind: 'ready'; readonly body: Ready }
  | { readonly kind: 'goodbye'; readonly body: Reason | undefined }
  | { readonly kind: 'resume'; readonly body: Resume };

const kinds = new Map<number | undefined, ControlKind>([
  [frameKind.ping, 'ping'],
  [frameKind.hello, 'hello'],
  [frameKind.ready, 'ready'],
  [frameKind.goodbye, 'goodbye'],
  [frameKind.resume, 'resume'],
]);

export const encodeControl = (control: Control): Uint8Array => {
  const body = 'body' in control && control.body !== undefined ? JSON.stringify(control.body) : '';
  const text = new TextEncoder().encode(body);
  const frame = new Uint8Array(1 + text.length);
  frame[0] = frameKind[control.kind];
  frame.set(text, 1);
  return frame;
};

/** Reads a frame that is not data; undefined when it is not of the form above. */
export const decodeControl = (frame: Uint8Array): Control | undefined => {
  const kind = kinds.get(frame[0]);
  if (kind === undefined || frame.length > maxControlBytes) return undefined;
  if (frame.length === 1) return kind === 'ping' || kind === 'goodbye' ? empty(kind) : undefined;
  const value = parse(frame.subarray(1));
  if (value === undefined) return undefined;
  if (kind === 'hello') return withBody(kind, readHello(value));
  if (kind === 'ready') return withBody(kind, isNonce(value.nonce) ? { nonce: value.nonce } : undefined);
  if (kind === 'resume') return withBody(kind, readResume(value));
  return kind === 'goodbye' ? withBody(kind, readReason(value)) : undefined;
};

const empty = (kind: 'ping' | 'goodbye'): Control => (kind === 'ping' ? { kind } : { kind, body: undefined });

const withBody = <K, B>(kind: K, body: B | undefined) => (body === undefined ? undefined : { kind, body });

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (bytes: Uint8Array): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const isNonce = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);

const readResume = ({ session, received }: Fields): Resume | undefined =>
  typeof session === 'string' &&
  /^[0-9a-f]{64}$/.test(session) &&
  Number.isSafeInteger(received) &&
  Number(received) >= 0
    ? { session, received: Number(received) }
    : undefined;

const isRank = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 16;

const maxText = 1000;

/** Text that may be compared and shown: bounded, and free of control characters. */
const isPlain = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= maxText && !/\p{C}/u.test(value);

const readHello = (value: Fields): Hello | undefined => {
  const { version, job, parties, outside, from, to, nonce, agreement } = value;
  if (!isRank(version) || !isPlain(job) || !isRank(parties) || !isRank(from) || !isRank(to)) return undefined;
  if (!isNonce(nonce) || !Array.isArray(outside) || !outside.every(isPlain)) return undefined;
  if (!isFields(agreement) || !isAgreement(agreement)) return undefined;
  return { version, job, parties, outside, from, to, nonce, agreement };
};

const isAgreement = (value: Fields): value is Agreement =>
  Object.entries(value).every(([key, v]) => isPlain(key) && (typeof v === 'number' || isPlain(v)));
