import { Prg, Tensor } from '@triad/ring';
import type { Rank } from './channel.js';
import { TriadError } from './error.js';
import { type LocalOptions, local } from './local.js';
import type { Client, Protocol, Scheme } from './protocol.js';
import { openSession, type Session } from './session.js';

export interface SimulateOptions extends LocalOptions {
  /** Repeats a run exactly: all seeds derive from this number. Never for real data. */
  readonly seed?: number;
}

/** What one party of a simulation works with. */
export interface Party<S> {
  readonly rank: Rank;
  readonly session: Session;
  readonly protocol: Protocol<S>;
}

/** What an outside party of a simulation does. */
export type ClientBody = (client: Client, session: Session) => Promise<void>;

/** What the parties returned, and what it took. */
export interface Simulation<T> {
  readonly results: readonly T[];
  /** Rounds after the session was opened. */
  readonly rounds: number;
  /** Payload bytes sent after the session was opened, by rank. */
  readonly bytes: readonly number[];
}

/** Runs every computing party of a scheme in this process, in lockstep, over `local` channels. */
export const simulate = async <S, T>(
  scheme: Scheme<S>,
  body: (party: Party<S>) => Promise<T>,
  options: SimulateOptions & { readonly clients?: readonly ClientBody[] } = {},
): Promise<Simulation<T>> => {
  const { clients = [] } = options;
  const network = local(scheme.parties, { ...options, outside: clients.length });
  const sessions = await Promise.all(
    network.channels.map((channel) =>
      openSession(channel, {
        parties: scheme.parties,
        ...(options.seed === undefined ? {} : { random: seededBytes(options.seed, channel.rank) }),
      }),
    ),
  );
  const before = network.rounds;
  const sentBefore = network.channels.map((c) => c.traffic.sent.bytes);
  try {
    const running = sessions
      .slice(0, scheme.parties)
      .map((session) => body({ rank: session.rank, session, protocol: scheme.party(session) }));
    const outside = clients.map((run, i) => {
      const session = sessions[scheme.parties + i]!;
      return run(clientOf(scheme, session), session);
    });
    const [results] = await Promise.all([Promise.all(running), Promise.all(outside)]);
    return {
      results,
      rounds: network.rounds - before,
      bytes: network.channels.map((c, i) => c.traffic.sent.bytes - sentBefore[i]!),
    };
  } catch (error) {
    await Promise.all(sessions.map((session) => session.close(error as Error)));
    throw error;
  }
};

const clientOf = <S>(scheme: Scheme<S>, session: Session): Client => {
  if (scheme.client !== undefined) return scheme.client(session);
  throw new TriadError('bad-argument', `${scheme.name} has no outside parties`, {
    remedy: 'let computing parties own inputs and results',
  });
};

/** Deterministic bytes for repeatable runs, another stream for each party. */
export const seededBytes = (seed: number, rank: Rank): ((bytes: number) => Uint8Array) => {
  const prg = new Prg(Uint8Array.from({ length: 16 }, (_, i) => (seed >>> (8 * (i % 4))) & 0xff));
  let drawn = 0;
  return (bytes) => {
    const words = Tensor.empty([Math.ceil(bytes / 8)]);
    prg.fill(rank, drawn++, 0, words);
    const out = words.toBytes().slice(0, bytes);
    words.dispose();
    return out;
  };
};
