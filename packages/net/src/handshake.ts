import { type Agreement, type Rank, TriadError } from '@triad/protocol';
import { alike, difference, differs } from './agreement.js';
import { decodeControl, encodeControl, type Hello } from './control.js';
import { fromReason, toReason } from './reason.js';
import { covers, dials, partyName, type Roster, ranks, roleName } from './roster.js';
import type { Certified } from './wire.js';

/** The version of the bytes on the wire. */
export const wireVersion = 1;

/** What a party says of itself, and whom it takes in. */
export interface Self {
  readonly roster: Roster;
  readonly rank: Rank;
  readonly agreement: Agreement;
  /** 32 fresh hexadecimal digits. */
  readonly nonce: () => string;
  /** Whether there is a link to this party already. */
  readonly has: (peer: Rank) => boolean;
}

/** The other end of a new connection, as far as it is known before it speaks. */
export interface Other {
  /** Its rank, when this side dialed it. */
  readonly dialed?: Rank | undefined;
  /** Its certificate, when there is TLS. */
  readonly certified: Certified | undefined;
}

/** Throws `bad-argument` if no peer could read what this party says of itself. */
export const checkSelf = (self: Self): void => {
  const [hello] = new Handshake(self, { dialed: self.rank, certified: undefined }).open();
  if (decodeControl(hello!) !== undefined) return;
  throw new TriadError('bad-argument', 'the agreement cannot be sent', {
    remedy: 'use finite numbers and texts of up to 1000 printable characters, 16 KiB in all',
  });
};

/** What follows from a frame: frames to send, and perhaps the end of the handshake. */
export interface Turn {
  readonly send: readonly Uint8Array[];
  readonly linked?: Linked;
  /** It is nobody to talk to. */
  readonly refused?: Refusal;
}

/** The other side is known. */
export interface Linked {
  readonly peer: Rank;
  /** Both sides' nonces, the dialing one's first: 64 hexadecimal digits that name this connection. */
  readonly session: string;
}

export interface Refusal {
  readonly error: TriadError;
  /** The job cannot go on. Otherwise some stranger or stale address led here. */
  readonly fatal: boolean;
}

/**
 * The handshake of one connection as a state machine: frames in, frames out. The dialing side says hello; the other
 * answers with its own and, if both fit, with ready; the dialing side answers ready. Each side's ready repeats the
 * other's nonce, so that no recording passes. Both sides compare, and find the same difference.
 */
export class Handshake {
  readonly #nonce: string;
  #peer: Pick<Hello, 'from' | 'nonce'> | undefined;

  constructor(
    private readonly self: Self,
    private readonly other: Other,
  ) {
    this.#nonce = self.nonce();
  }

  /** What to send before anything arrives. */
  open(): readonly Uint8Array[] {
    return this.other.dialed === undefined ? [] : [this.#hello(this.other.dialed)];
  }

  receive(frame: Uint8Array): Turn {
    const control = decodeControl(frame);
    if (control?.kind === 'hello' && this.#peer === undefined) return this.#onHello(control.body);
    if (control?.kind === 'ready' && this.#peer !== undefined)
      return this.#onReady(control.body.nonce, this.#peer);
    if (control?.kind === 'goodbye' && control.body !== undefined) {
      const fatal = this.#peer !== undefined;
      const messenger = fatal ? partyName(this.self.roster, this.#peer!.from) : 'the other side';
      return { send: [], refused: { error: fromReason(control.body, messenger), fatal } };
    }
    const error = new TriadError('bad-message', 'the other side sent something else than a handshake', {
      remedy: 'check that nobody else can reach the port',
    });
    return { send: [], refused: { error, fatal: false } };
  }

  #onHello(hello: Hello): Turn {
    const refusal = this.#stranger(hello) ?? this.#difference(hello) ?? this.#twice(hello);
    const dialing = this.other.dialed !== undefined;
    const answer = dialing ? [] : [this.#hello(hello.from)];
    if (refusal !== undefined) return { send: [...answer, this.#goodbye(refusal.error)], refused: refusal };
    this.#peer = hello;
    return { send: [...answer, encodeControl({ kind: 'ready', body: { nonce: hello.nonce } })] };
  }

  #onReady(nonce: string, { from: peer, nonce: theirs }: Pick<Hello, 'from' | 'nonce'>): Turn {
    const nonces = this.other.dialed === undefined ? [theirs, this.#nonce] : [this.#nonce, theirs];
    if (nonce === this.#nonce) return { send: [], linked: { peer, session: nonces.join('') } };
    const error = new TriadError(
      'bad-message',
      `${partyName(this.self.roster, peer)} repeated another handshake`,
    );
    return { send: [this.#goodbye(error)], refused: { error, fatal: false } };
  }

  /** Not the party this connection is for. */
  #stranger(hello: Hello): Refusal | undefined {
    const { roster, rank } = this.self;
    const { dialed, certified } = this.other;
    const callers = ranks(roster).filter((r) => dials(roster, r).includes(rank));
    const expected = dialed === undefined ? callers.includes(hello.from) : hello.from === dialed;
    const certifiable = !certified || covers(certified.job, hello.job);
    const found =
      differs('job', { value: roster.job, by: rank }, { value: hello.job, by: hello.from }) ??
      (certifiable
        ? undefined
        : `a certificate of job ${certified.job} came with a hello of job ${hello.job}`) ??
      (expected && hello.to === rank
        ? undefined
        : `party ${hello.from} and party ${hello.to} met at party ${rank}`) ??
      (!certified || certified.role === roleName(roster, hello.from)
        ? undefined
        : `a certificate of role ${certified.role} came with a hello of role ${roleName(roster, hello.from)}`);
    if (found === undefined) return undefined;
    const remedy = 'check job, role and addresses';
    return { error: new TriadError('mismatch', found, { party: dialed ?? rank, remedy }), fatal: false };
  }

  /** The party, started with other values. */
  #difference(hello: Hello): Refusal | undefined {
    const { agreement, roster, rank } = this.self;
    const found = difference(
      { rank, ...roster, agreement, version: wireVersion },
      { ...hello, rank: hello.from },
    );
    if (found === undefined) return undefined;
    return { error: new TriadError('mismatch', found, { party: hello.from, remedy: alike }), fatal: true };
  }

  #twice({ from }: Hello): Refusal | undefined {
    if (!this.self.has(from)) return undefined;
    const name = partyName(this.self.roster, from);
    const remedy = 'start every role once, and every run under a job name of its own';
    return {
      error: new TriadError('mismatch', `${name} has joined already`, { party: from, remedy }),
      fatal: false,
    };
  }

  #hello(to: Rank): Uint8Array {
    const { roster, rank, agreement } = this.self;
    const { job, parties, outside } = roster;
    const body = {
      version: wireVersion,
      job,
      parties,
      outside,
      from: rank,
      to,
      nonce: this.#nonce,
      agreement,
    };
    return encodeControl({ kind: 'hello', body });
  }

  #goodbye(error: TriadError): Uint8Array {
    return encodeControl({ kind: 'goodbye', body: toReason(error, this.self.rank) });
  }
}
