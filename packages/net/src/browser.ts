/** Bytes between parties one of which is a web page. No Node here. */
import { type Agreement, type Channel, type Network, type Rank, TriadError } from '@triad/protocol';
import { SocketChannel } from './channel.js';
import { checkSelf, type Refusal, type Self } from './handshake.js';
import { PageCarrier, type PageSocket } from './page-carrier.js';
import { greetFromPage } from './page-greet.js';
import { checkRoster, partyName, peersOf, type Roster, rankOf, roleName } from './roster.js';

export interface BrowserNetworkOptions {
  /** The same for all parties of one run. */
  readonly job: string;
  /** Computing parties; default 3. */
  readonly parties?: number;
  /** Names of the computing parties, as in their certificates; default their numbers. */
  readonly names?: readonly string[];
  /** Names of input and result parties. */
  readonly outside?: readonly string[];
  /** Where the others are, by role: `wss://host:port`, or `ws://127.0.0.1:port` on the same machine. They name the page's origin in `origins`. */
  readonly peers: Readonly<Record<string, string>>;
  /** Milliseconds to find everybody; default a minute. */
  readonly timeout?: number;
  /** Milliseconds of silence after which a peer counts as lost; default 8000. */
  readonly lostAfter?: number;
}

/**
 * A network for a page. Of each pair of parties the higher rank dials, and a page can only dial: it has the last rank, or is an input or result
 * party. Throws `bad-argument` for options that cannot work.
 */
export const browserNetwork = (options: BrowserNetworkOptions): Network => {
  const { job, names, outside = [], parties = names?.length ?? 3, peers } = options;
  const { timeout = 60_000, lostAfter = 8000 } = options;
  const roster: Roster = { job, parties, outside, names };
  checkRoster(roster);
  for (const [role, url] of Object.entries(peers)) checkUrl(role, url);
  return {
    outside,
    join: async (role, agreement) => {
      const rank = rankOf(roster, role);
      const urls = peersOf(roster, rank).map((peer) => ({ peer, url: urlOf(roster, peers, { rank, peer }) }));
      const visit = new Visit(roster, { rank, agreement, lostAfter });
      return visit.meet(urls, timeout);
    },
  };
};

const checkUrl = (role: string, url: string): void => {
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' };
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol === 'wss:' || (protocol === 'ws:' && local)) return;
  throw new TriadError(
    'bad-argument',
    `peers, role ${role}: ${JSON.stringify(url)} cannot be dialed safely`,
    {
      remedy: 'write wss://host:port, or ws://127.0.0.1:port on the same machine',
    },
  );
};

const urlOf = (
  roster: Roster,
  peers: Readonly<Record<string, string>>,
  { rank, peer }: { readonly rank: Rank; readonly peer: Rank },
): string => {
  const url = peers[roleName(roster, peer)];
  if (peer > rank) {
    throw new TriadError('bad-argument', `${partyName(roster, peer)} would have to dial a page`, {
      remedy: 'let the page have the highest number, or be an input or result party',
    });
  }
  if (url !== undefined) return url;
  throw new TriadError('bad-argument', `peers: there is no address of ${partyName(roster, peer)}`, {
    remedy: `add ${roleName(roster, peer)}: 'wss://host:port'`,
  });
};

interface Address {
  readonly peer: Rank;
  readonly url: string;
}

/** A page that meets the other parties. */
class Visit {
  readonly #channel: SocketChannel;
  readonly #self: Self;
  readonly #troubles = new Map<Rank, string>();
  #over = false;

  constructor(
    private readonly roster: Roster,
    {
      rank,
      agreement,
      lostAfter,
    }: { readonly rank: Rank; readonly agreement: Agreement; readonly lostAfter: number },
  ) {
    this.#self = { roster, rank, agreement, nonce, has: (peer) => this.#channel.has(peer) };
    checkSelf(this.#self);
    this.#channel = new SocketChannel(roster, rank, { lostAfter, defer: queueMicrotask });
  }

  async meet(addresses: readonly Address[], timeout: number): Promise<Channel> {
    const channel = this.#channel;
    const timer = setTimeout(() => void channel.close(this.#late(timeout)), timeout);
    for (const address of addresses) {
      this.#seek(address).catch((error: Error) => channel.close(error));
    }
    try {
      await channel.whole;
      return channel;
    } finally {
      this.#over = true;
      clearTimeout(timer);
    }
  }

  /** Dials a party until it answers. */
  async #seek({ peer, url }: Address): Promise<void> {
    for (let pause = 50; !this.#over; pause = Math.min(2 * pause, 1000)) {
      const refusal = await this.#tryLink({ peer, url });
      if (refusal === undefined) return;
      if (refusal.fatal || refusal.error.code === 'mismatch') throw refusal.error;
      this.#troubles.set(peer, `${url}: ${refusal.error.message}`);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async #tryLink({ peer, url }: Address): Promise<Refusal | undefined> {
    const carrier = await dial(url);
    if (carrier === undefined)
      return {
        error: new TriadError('timeout', 'nobody answers, or not a page of this origin'),
        fatal: false,
      };
    return greetFromPage(carrier, this.#self, peer, () => this.#channel.attach(peer, carrier, url));
  }

  #late(timeout: number): TriadError {
    const missing = this.#channel.peers.filter((peer) => !this.#channel.has(peer));
    const each = missing.map((peer) => {
      const trouble = this.#troubles.get(peer);
      return partyName(this.roster, peer) + (trouble === undefined ? '' : ` (${trouble})`);
    });
    return new TriadError('timeout', `${each.join(', ')} did not join in ${timeout / 1000} s`, {
      party: missing[0]!,
      remedy: `start role ${missing.map((peer) => roleName(this.roster, peer)).join(', ')} of job ${this.roster.job} with this page's origin in \`origins\``,
    });
  }
}

interface Page {
  readonly WebSocket: new (url: string) => PageSocket;
  readonly crypto: { getRandomValues(bytes: Uint8Array): Uint8Array };
}

const page = globalThis as unknown as Page;

/** A websocket that is open; undefined if nobody answers: browsers do not say why. */
const dial = (url: string): Promise<PageCarrier | undefined> =>
  new Promise((resolve) => {
    const socket = new page.WebSocket(url);
    socket.addEventListener('open', () => resolve(new PageCarrier(socket)));
    socket.addEventListener('error', () => resolve(undefined));
  });

const nonce = (): string =>
  Array.from(page.crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
