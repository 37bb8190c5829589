import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { Prg, randomBytes, type Tensor } from '@triad/ring';
import {
  type Address,
  childAddress,
  formatAddress,
  maxIndex,
  maxStep,
  namedAddress,
  slot,
} from './address.js';
import type { Channel, Rank } from './channel.js';
import { TriadError } from './error.js';
import { stepsUpTo } from './step-range.js';

/** One interactive call: an address for its messages and PRF streams. */
export interface Op {
  readonly address: Address;
  /** A sub-op, for protocols of several messages: 0 to 62, four levels deep. */
  at(k: number): Op;
  send(to: Rank, bytes: Uint8Array): void;
  /** The peer's message at this address; `bad-message` when it has another length. */
  recv(from: Rank, byteLength: number): Promise<Uint8Array>;
  /** Fills a tensor with a key's stream at this address. */
  draw(prf: Prf, out: Tensor): void;
}

/** The ops of one run of a program. */
export interface Step {
  /** The op of program node `index`. */
  op(index: number): Op;
  /** No op of this step or an earlier one will be used again: their addresses are forgotten. */
  close(): void;
}

/** A key of the session, to be drawn from at an op's address. */
export interface Prf {
  /** Tells the session's keys apart; part of what makes a reuse an error. */
  readonly id: number;
  readonly prg: Prg;
}

/**
 * One party's side of a job: the channel plus keys that live as long as it does. Keys are fresh in every session, so
 * a party that restarts can never repeat a stream.
 */
export interface Session {
  readonly rank: Rank;
  /** How many computing parties there are: ranks 0 to parties - 1. */
  readonly parties: number;
  /** 32 hexadecimal digits, the same at all computing parties and fresh in every session; outside parties have none. */
  readonly id: string | undefined;
  readonly channel: Channel;
  /** An op addressed by name, for programs written by hand. */
  op(name: string, ...indices: readonly number[]): Op;
  /** Steps are closed in order. */
  step(n: number): Step;
  /** The key this party shares with one other computing party. */
  pair(peer: Rank): Prf;
  /** The key all computing parties share, and nobody else. */
  readonly common: Prf;
  /** A key of this party alone. */
  readonly own: Prf;
  /** Rejects with `mismatch`, naming both values by the start of their SHA-256, unless all computing parties say the same. */
  agree(op: Op, what: string, value: string): Promise<void>;
  close(reason?: Error): Promise<void>;
}

const seedBytes = 32;
const keyBytes = 16;

/** 16-byte AES keys from both sides' seeds; the label keeps every use apart. */
const deriveKey = (label: string, ...seeds: readonly Uint8Array[]): Uint8Array => {
  const hash = sha256.create().update(utf8ToBytes(`triad/1/${label}/`));
  for (const seed of seeds) hash.update(seed);
  return hash.digest().slice(0, keyBytes);
};

export interface SessionOptions {
  /** Number of computing parties; default 3. */
  readonly parties?: number;
  /** Source of seeds: the platform's CSPRNG unless a test wants a run repeated. */
  readonly random?: (bytes: number) => Uint8Array;
}

/**
 * Opens a session over a channel. Each pair of computing parties exchanges fresh seeds (32 bytes each way) and
 * hashes both into its key; a third seed goes to all and makes the common key.
 */
export const openSession = async (channel: Channel, options: SessionOptions = {}): Promise<Session> => {
  const { parties = 3, random = randomBytes } = options;
  const { rank } = channel;
  const last = Math.max(rank, parties - 1, ...channel.peers);
  if (last > maxRank) throw new TriadError('bad-argument', `ranks go up to ${maxRank}; a party has ${last}`);
  const own = new Prg(deriveKey('own', random(seedBytes)));
  const session = new ChannelSession(channel, parties, own);
  if (rank >= parties) return session;
  const op = session.op('triad/session');
  const others = Array.from({ length: parties }, (_, r) => r).filter((r) => r !== rank);
  const mine = new Map(others.map((r) => [r, random(seedBytes)]));
  const common = random(seedBytes);
  for (const r of others) op.send(r, Uint8Array.from([...mine.get(r)!, ...common]));
  const theirs = new Map(
    await Promise.all(others.map(async (r) => [r, await op.recv(r, 2 * seedBytes)] as const)),
  );
  for (const r of others) {
    const seeds = [mine.get(r)!, theirs.get(r)!.slice(0, seedBytes)];
    session.setPair(r, deriveKey('pair', ...(rank < r ? seeds : seeds.reverse())));
  }
  const commons = Array.from({ length: parties }, (_, r) => theirs.get(r)?.slice(seedBytes) ?? common);
  session.setCommon(deriveKey('common', ...commons), bytesToHex(deriveKey('id', ...commons)));
  return session;
};

/** What an address was used for: one of these per direction and peer, or per key. */
enum Use {
  Send = 0,
  Receive = 64,
  Draw = 128,
}
const uses = 256;
const maxRank = 61;
const commonId = 62;
const ownId = 63;

class ChannelSession implements Session {
  readonly rank: Rank;
  readonly own: Prf;
  readonly #used = new Map<number, Set<number>>();
  readonly #pairs = new Map<Rank, Prf>();
  #common: Prf | undefined;
  #id: string | undefined;
  #closed = -1;

  constructor(
    readonly channel: Channel,
    readonly parties: number,
    own: Prg,
  ) {
    this.rank = channel.rank;
    this.own = { id: ownId, prg: own };
  }

  setPair(peer: Rank, key: Uint8Array): void {
    this.#pairs.set(peer, { id: peer, prg: new Prg(key) });
  }

  setCommon(key: Uint8Array, id: string): void {
    this.#common = { id: commonId, prg: new Prg(key) };
    this.#id = id;
  }

  pair(peer: Rank): Prf {
    const prf = this.#pairs.get(peer);
    if (prf === undefined)
      throw new TriadError('bad-argument', `party ${this.rank} shares no key with ${peer}`);
    return prf;
  }

  get common(): Prf {
    if (this.#common === undefined)
      throw new TriadError('bad-argument', 'only computing parties share a key');
    return this.#common;
  }

  get id(): string | undefined {
    return this.#id;
  }

  op(name: string, ...indices: readonly number[]): Op {
    return new SessionOp(this, namedAddress(name, ...indices));
  }

  step(n: number): Step {
    if (!(Number.isInteger(n) && n >= 0 && n <= maxStep)) {
      throw new TriadError('bad-argument', `a step is a whole number from 0 to ${maxStep}; got ${n}`);
    }
    return {
      op: (index) => {
        if (!(Number.isInteger(index) && index >= 0 && index <= maxIndex)) {
          throw new TriadError(
            'bad-argument',
            `a node index is a whole number up to ${maxIndex}; got ${index}`,
          );
        }
        return new SessionOp(this, { step: n, index, path: 0 });
      },
      close: () => this.#retire(n),
    };
  }

  #retire(step: number): void {
    for (const s of stepsUpTo(step, this.#closed, this.#used)) this.#used.delete(s);
    this.#closed = Math.max(this.#closed, step);
    this.channel.retire(step);
  }

  /** Notes the use of an address, and refuses the second one. */
  use(address: Address, use: number): void {
    const { step } = address;
    let used = this.#used.get(step);
    if (used === undefined) {
      if (step <= this.#closed) throw this.#reused(address, 'belongs to a step that is closed');
      used = new Set();
      this.#used.set(step, used);
    }
    const key = slot(address) * uses + use;
    if (used.has(key)) throw this.#reused(address, 'is used twice');
    used.add(key);
  }

  #reused(address: Address, how: string): TriadError {
    return new TriadError('address-reused', `party ${this.rank}: an address ${how}`, {
      op: formatAddress(address),
      party: this.rank,
      remedy: 'give every interactive call an op of its own',
    });
  }

  async agree(op: Op, what: string, value: string): Promise<void> {
    const mine = sha256(utf8ToBytes(value));
    const others = Array.from({ length: this.parties }, (_, r) => r).filter((r) => r !== this.rank);
    for (const r of others) op.send(r, mine.slice());
    for (const r of others) {
      const theirs = await op.recv(r, mine.length);
      if (theirs.some((byte, i) => byte !== mine[i])) {
        const hex = (bytes: Uint8Array) => bytesToHex(bytes.subarray(0, 8));
        throw new TriadError('mismatch', `${what} differs: ${hex(mine)} here, ${hex(theirs)} at party ${r}`, {
          party: r,
          remedy: 'start all parties with the same program and options',
        });
      }
    }
  }

  close(reason?: Error): Promise<void> {
    return this.channel.close(reason);
  }
}

class SessionOp implements Op {
  constructor(
    readonly session: ChannelSession,
    readonly address: Address,
  ) {}

  at(k: number): Op {
    return new SessionOp(this.session, childAddress(this.address, k));
  }

  send(to: Rank, bytes: Uint8Array): void {
    this.session.use(this.address, Use.Send + to);
    this.session.channel.send(to, this.address, bytes);
  }

  async recv(from: Rank, byteLength: number): Promise<Uint8Array> {
    this.session.use(this.address, Use.Receive + from);
    const bytes = await this.session.channel.recv(from, this.address);
    if (bytes.length !== byteLength) {
      throw new TriadError(
        'bad-message',
        `party ${from} sent ${bytes.length} bytes where the program needs ${byteLength}`,
        {
          party: from,
          op: formatAddress(this.address),
          remedy: 'check that it runs the same program and version',
        },
      );
    }
    return bytes;
  }

  draw(prf: Prf, out: Tensor): void {
    this.session.use(this.address, Use.Draw + prf.id);
    const { step, index, path } = this.address;
    prf.prg.fill(step, index, path, out);
  }
}
