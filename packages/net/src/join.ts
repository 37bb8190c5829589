import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Agreement, type Channel, type Rank, TriadError } from '@triad/protocol';
import type { Carrier } from './carrier.js';
import { SocketChannel } from './channel.js';
import type { Directory } from './directory.js';
import { type Endpoint, formatUrl, isWildcard, parseUrl, requireProtection } from './endpoint.js';
import { greet } from './greet.js';
import { checkSelf, type Refusal, type Self } from './handshake.js';
import { dials, partyName, peersOf, type Roster, roleName } from './roster.js';
import { type Credentials, dial, type Listening, type Wire } from './wire.js';

/** All that a party needs to meet the others. */
export interface Joining {
  readonly roster: Roster;
  readonly rank: Rank;
  readonly agreement: Agreement;
  /** Takes in those that dial. */
  readonly listen: (onWire: (wire: Wire) => void) => Promise<Listening>;
  /** What a link to a party is to run on; `session` is known to both ends of the wire, and to nobody else. */
  readonly carry: (peer: Rank, wire: Wire, session: string) => Carrier;
  readonly tls: Credentials | undefined;
  readonly insecure: boolean;
  /** Milliseconds to find everybody. */
  readonly timeout: number;
  readonly lostAfter: number;
  readonly log: (line: string) => void;
  readonly open: (signal: AbortSignal) => Promise<Directory>;
  /** Ends the meeting, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Connections that may be shaking hands at the same time. */
const maxGreetings = 64;
/** Milliseconds. */
const lingering = 500;

/** Meets every peer; resolves when there is a link to each. */
export const join = async (joining: Joining): Promise<Channel> => {
  const meeting = new Meeting(joining);
  const { channel } = meeting;
  const { signal } = joining;
  const stop = () => void channel.close(signal?.reason as Error);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    signal?.throwIfAborted();
    await meeting.start();
    await channel.whole;
    return channel;
  } catch (error) {
    await meeting.fail(error as Error);
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await meeting.end();
  }
};

class Meeting {
  readonly channel: SocketChannel;
  readonly #self: Self;
  readonly #over = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #troubles = new Map<Rank, string>();
  #strange = '';
  #greetings = 0;
  #directory: Directory | undefined;
  #listening: Listening | undefined;

  constructor(private readonly joining: Joining) {
    const { roster, rank, agreement, lostAfter, timeout } = joining;
    const nonce = () => randomBytes(16).toString('hex');
    this.#self = { roster, rank, agreement, nonce, has: (peer) => this.channel.has(peer) };
    checkSelf(this.#self);
    this.channel = new SocketChannel(roster, rank, { lostAfter, defer: process.nextTick });
    this.#timer = setTimeout(() => this.#late(), timeout);
  }

  async start(): Promise<void> {
    const { roster, rank, open } = this.joining;
    this.#directory = await open(this.#over.signal);
    if (peersOf(roster, rank).some((peer) => peer > rank)) {
      this.#listening = await this.joining.listen((wire) => void this.#welcome(wire));
      await this.#directory.announce(this.#url(this.#listening.endpoint));
    }
    for (const peer of dials(roster, rank)) {
      this.#seek(peer, this.#directory).catch((error: Error) => this.channel.close(error));
    }
  }

  /** Tells those that are here, and for a moment those that are just arriving. */
  async fail(error: Error): Promise<void> {
    await this.channel.close(error);
    if (error instanceof TriadError && error.code === 'timeout') return;
    if (this.channel.peers.some((peer) => !this.channel.has(peer))) await sleep(lingering);
  }

  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#over.abort();
    this.#listening?.close();
    await this.#directory?.close();
  }

  #url({ host, port }: Endpoint): string {
    const seen = isWildcard(host) ? (this.#directory?.seenAs ?? host) : host;
    const url = formatUrl({ host: seen, port }, this.joining.tls !== undefined);
    this.joining.log(`listening at ${url}`);
    return url;
  }

  /** Somebody dialed. */
  async #welcome(wire: Wire): Promise<void> {
    if (this.#greetings >= maxGreetings) {
      wire.web.terminate();
      return;
    }
    this.#greetings++;
    const refusal = await greet(wire, this.#self, undefined, (peer, session) =>
      this.#link(peer, wire, session),
    );
    this.#greetings--;
    if (refusal === undefined) return;
    if (refusal.fatal) return this.channel.close(refusal.error);
    const { remoteAddress, remotePort } = wire.socket;
    this.#strange = `refused a connection from ${remoteAddress}:${remotePort}: ${refusal.error.message}`;
    this.joining.log(this.#strange);
  }

  /** Looks for a party and dials it until it answers. */
  async #seek(peer: Rank, directory: Directory): Promise<void> {
    const { signal } = this.#over;
    for (let pause = 20; !signal.aborted; pause = Math.min(pause * 1.5, 250)) {
      const refusal = await this.#tryLink(peer, await directory.find(peer));
      if (refusal === undefined) return;
      if (refusal.fatal || (refusal.error.code === 'mismatch' && !directory.volatile)) throw refusal.error;
      this.#note(peer, refusal.error.message);
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }

  async #tryLink(peer: Rank, url: string | undefined): Promise<Refusal | undefined> {
    if (url === undefined) return later('it has not announced itself');
    const endpoint = parseUrl(url);
    const { tls, insecure } = this.joining;
    if (endpoint === undefined) return later('what it announced is no address');
    if (endpoint.secure !== (tls !== undefined)) {
      return later(`it announced ${url}, but this party ${tls ? 'speaks TLS' : 'has no certificate'}`);
    }
    try {
      requireProtection(endpoint.host, { tls: tls !== undefined, insecure });
      const wire = await dial(endpoint, tls);
      return await greet(wire, this.#self, peer, (_, session) => this.#link(peer, wire, session));
    } catch (error) {
      return later(`${url}: ${(error as Error).message}`);
    }
  }

  /** A link to a party, unless another one was faster. */
  #link(peer: Rank, wire: Wire, session: string): void {
    if (this.channel.has(peer)) {
      wire.web.terminate();
      return;
    }
    const { remoteAddress, remotePort } = wire.socket;
    this.channel.attach(peer, this.joining.carry(peer, wire, session), `${remoteAddress}:${remotePort}`);
    this.joining.log(`connected to ${partyName(this.joining.roster, peer)}`);
  }

  #note(peer: Rank, trouble: string): void {
    if (this.#troubles.get(peer) === trouble) return;
    this.#troubles.set(peer, trouble);
    this.joining.log(`waiting for ${partyName(this.joining.roster, peer)}: ${trouble}`);
  }

  #late(): void {
    const { roster, timeout } = this.joining;
    const missing = this.channel.peers.filter((peer) => !this.channel.has(peer));
    const each = missing.map((peer) => {
      const trouble = this.#troubles.get(peer);
      return partyName(roster, peer) + (trouble === undefined ? '' : ` (${trouble})`);
    });
    const what = `${each.join(', ')} did not join in ${timeout / 1000} s${this.#strange && `; ${this.#strange}`}`;
    const first = missing[0];
    const remedy = `start role ${missing.map((peer) => roleName(roster, peer)).join(', ')} of job ${roster.job}`;
    const context = first === undefined ? { remedy } : { party: first, remedy };
    this.#over.abort();
    void this.channel.close(new TriadError('timeout', what, context));
  }
}

const later = (what: string): Refusal => ({ error: new TriadError('timeout', what), fatal: false });
