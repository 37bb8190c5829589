import type { RequestListener } from 'node:http';
import { type Network, type Rank, TriadError } from '@triad/protocol';
import type { Directory } from './directory.js';
import { formatUrl, isWildcard, parseEndpoint, parseUrl } from './endpoint.js';
import { Gate } from './gate.js';
import { join } from './join.js';
import { LastingCarrier } from './lasting-carrier.js';
import { subjectOf } from './role-certificate.js';
import { checkFederation, checkRoster, type Roster, rankOf, roleName } from './roster.js';
import { redial, Sessions } from './session.js';
import { checkWays, openDirectory, type Ways } from './way.js';
import type { Credentials, Wire } from './wire.js';

export interface StationOptions extends Ways {
  /** The party's certificate; federation and role are in it. */
  readonly tls: Credentials;
  /** `host:port` to wait at; port 0 takes any. */
  readonly listen: string;
  /** `host:port` that others reach it by; default where it listens. */
  readonly advertise?: string;
  /** Computing parties; default 3. */
  readonly parties?: number;
  /** Milliseconds of silence after which a connection is given up; default 8000. */
  readonly lostAfter?: number;
  /** Milliseconds that a job waits for a connection to come back; default a minute. */
  readonly patience?: number;
  readonly log?: (line: string) => void;
}

/** One job of a station. */
export interface StationJob {
  readonly job: string;
  /** Milliseconds to find everybody; default a minute. */
  readonly timeout?: number;
  /** Ends a meeting that is under way, with its reason. */
  readonly signal?: AbortSignal;
}

/** A computing party's place on the network, for as many jobs as it likes: one port, announced once. */
export interface Station {
  readonly federation: string;
  readonly role: string;
  readonly rank: Rank;
  /** `https://host:port`, as announced. */
  readonly url: string;
  /** Where it listens. */
  readonly port: number;
  /** Whether others can find it, as far as it knows. */
  announced(): boolean;
  /** Where another computing party is, as `https://host:port`; undefined when that is not known. */
  find(rank: Rank): Promise<string | undefined>;
  /** Gives what is no part of a job to somebody. */
  serve(listener: RequestListener): void;
  /** A job's network. Links outlive their connections. */
  network(options: StationJob): Network;
  /** Frees the port and ends every connection; jobs are to be closed before. */
  close(): Promise<void>;
}

const defaults = { parties: 3, lostAfter: 8000, patience: 60_000, timeout: 60_000 };
const resumePath = '/resume';

/** Starts a computing party's place. Throws `bad-argument` for an address that cannot be had and a certificate of no computing party. */
export const station = async (options: StationOptions): Promise<Station> => {
  const { tls, parties = defaults.parties, log = () => {} } = options;
  const { federation, role } = subjectOf(tls);
  const roster: Roster = { job: federation, parties, outside: [] };
  checkRoster(roster);
  const rank = rankOf(roster, /^\d+$/.test(role) ? Number(role) : role);
  checkWays(options, roster, { tls: true, insecure: false });
  const gate = await Gate.open({
    at: parseEndpoint(options.listen, 'listen'),
    tls,
    federation,
    isParty: (name) => /^\d+$/.test(name) && Number(name) < parties,
    log,
  });
  const closing = new AbortController();
  try {
    const directory = await openDirectory(options, {
      roster,
      rank,
      tls,
      signal: closing.signal,
      lasting: true,
    });
    const place = announced(options, gate, directory);
    await directory.announce(place);
    log(`listening at ${place}`);
    return new Place(options, { roster, rank, role, gate, directory, closing, place });
  } catch (error) {
    await gate.close();
    throw error;
  }
};

const announced = ({ advertise }: StationOptions, { endpoint }: Gate, { seenAs }: Directory): string => {
  if (advertise !== undefined) return formatUrl(parseEndpoint(advertise, 'advertise'), true);
  const { host, port } = endpoint;
  if (!isWildcard(host)) return formatUrl(endpoint, true);
  if (seenAs !== undefined) return formatUrl({ host: seenAs, port }, true);
  throw new TriadError('bad-argument', `nobody can dial ${host}`, {
    remedy: 'say with `advertise` where others reach this party',
  });
};

interface Parts {
  readonly roster: Roster;
  readonly rank: Rank;
  readonly role: string;
  readonly gate: Gate;
  readonly directory: Directory;
  readonly closing: AbortController;
  readonly place: string;
}

class Place implements Station {
  readonly federation: string;
  readonly role: string;
  readonly rank: Rank;
  readonly url: string;
  readonly port: number;
  readonly #sessions = new Sessions();
  readonly #known = new Map<Rank, string>();

  constructor(
    private readonly options: StationOptions,
    private readonly own: Parts,
  ) {
    const { roster, rank, role, place, gate } = own;
    this.federation = roster.job;
    this.rank = rank;
    this.role = role;
    this.url = httpsOf(place);
    this.port = gate.endpoint.port;
    gate.listen(resumePath, (wire) => this.#sessions.welcome(wire));
    gate.onMissed((path, missing) => this.#sessions.restarted(path, missing));
  }

  announced(): boolean {
    return this.own.directory.holds();
  }

  async find(rank: Rank): Promise<string | undefined> {
    const place = await this.#place(rank);
    return place && httpsOf(place);
  }

  serve(listener: RequestListener): void {
    this.own.gate.serve(listener);
  }

  network({ job, timeout = defaults.timeout, signal }: StationJob): Network {
    checkFederation(job);
    const { gate, rank, roster: home } = this.own;
    const { tls, lostAfter = defaults.lostAfter, log = () => {} } = this.options;
    const roster = { ...home, job: `${home.job}/${job}` };
    const path = `/job/${job}`;
    return {
      outside: [],
      join: async (role, agreement) => {
        if (rankOf(roster, role) !== rank)
          throw new TriadError('bad-argument', `this is party ${rank}, not ${role}`, {
            remedy: 'join as it',
          });
        const known = new Set<string>();
        return join({
          roster,
          rank,
          agreement,
          listen: async (onWire) => gate.listen(path, onWire),
          carry: (peer, wire, session) => this.#carry(path, peer, wire, session),
          tls,
          insecure: false,
          timeout,
          lostAfter,
          log: (line) => !known.has(line) && known.add(line) && log(`job ${job}: ${line}`),
          open: async () => this.#directoryAt(path),
          signal,
        });
      },
    };
  }

  async close(): Promise<void> {
    const { directory, closing, gate } = this.own;
    closing.abort();
    await directory.close();
    await gate.close();
  }

  /** Where everybody waits for those of a job. */
  #directoryAt(path: string): Directory {
    return {
      volatile: true,
      seenAs: undefined,
      announce: async () => {},
      holds: () => this.announced(),
      find: async (rank) => {
        const place = await this.#place(rank);
        return place && place + path;
      },
      close: async () => {},
    };
  }

  /** What the directory says, or when it is gone, said last. */
  async #place(rank: Rank): Promise<string | undefined> {
    const { directory } = this.own;
    const found = await directory.find(rank).catch((error: Error) => {
      if (error instanceof TriadError && error.code === 'timeout') return undefined;
      throw error;
    });
    if (found !== undefined) this.#known.set(rank, found);
    return found ?? this.#known.get(rank);
  }

  #carry(path: string, peer: Rank, wire: Wire, session: string): LastingCarrier {
    const { patience = defaults.patience } = this.options;
    const role = roleName(this.own.roster, peer);
    if (!wire.dialed) {
      this.#sessions.restarted(path, role);
      const carrier = new LastingCarrier(wire, { session, patience });
      this.#sessions.add(session, { role, path, carrier });
      return carrier;
    }
    return new LastingCarrier(wire, {
      session,
      patience,
      redial: async (received, adopt) => {
        const place = await this.#place(peer);
        const endpoint = place === undefined ? undefined : parseUrl(place);
        if (!endpoint?.secure) throw new TriadError('timeout', `party ${peer} is nowhere`);
        await redial(
          { ...endpoint, path: resumePath },
          { tls: this.options.tls, role, body: { session, received } },
          adopt,
        );
      },
    });
  }
}

const httpsOf = (place: string): string => place.replace(/^wss:/, 'https:');
