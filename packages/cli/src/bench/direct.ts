import { aby3, type Share } from '@triad/aby3';
import { type Network, openSession, type Protocol, type Session } from '@triad/protocol';
import type { Measures, Runner } from './case.js';

export interface Direct {
  readonly session: Session;
  readonly protocol: Protocol<Share>;
}

/** What is timed, run by run, and what is checked once afterwards. */
export interface Work {
  run(n: number): Promise<Share>;
  verify?(): Promise<Measures | undefined>;
}

/** A runner on `aby3` itself, without `layers`. `prepare` shares the inputs and returns what is timed. */
export const direct = async (
  role: number,
  network: Network,
  name: string,
  prepare: (party: Direct) => Promise<Work>,
): Promise<Runner> => {
  const scheme = aby3();
  const session = await openSession(await network.join(role, { benchmark: name, ...scheme.parameters }));
  const protocol = scheme.party(session);
  const { run, verify } = await prepare({ session, protocol });
  return {
    barrier: (n) => barrier(session, n),
    run: async (n) => protocol.dispose(await run(n)),
    ...(verify && { verify }),
    close: () => session.close(),
  };
};

/** Resolves at all computing parties at nearly the same time. */
export const barrier = async (session: Session, run: number): Promise<void> => {
  const op = session.op('bench/barrier', run);
  const others = Array.from({ length: session.parties }, (_, r) => r).filter((r) => r !== session.rank);
  for (const r of others) op.send(r, new Uint8Array(1));
  await Promise.all(others.map((r) => op.recv(r, 1)));
};
