import { type Agreement, type Network, openSession, type Session } from '@triad/protocol';
import { badArgument } from '../bad-argument.js';
import { connect } from '../connect.js';
import type { PartyValues } from '../job-option.js';

/** Milliseconds of silence after which an owner counts as lost: longer than it computes at a stretch. */
export const lostAfter = 120_000;

/** Owners of keys, of whom this is one. */
export interface Owners {
  readonly role: number | string;
  readonly parties: number;
  readonly network: Network;
}

/** From the command line, before anybody is met. Throws `bad-argument` where it cannot work. */
export const ownersOf = (values: PartyValues, parties: number): Owners => {
  const network = connect(values, { parties, outside: [], lostAfter });
  const { role } = values;
  if (typeof role === 'number' && role < parties) return { role, parties, network };
  throw badArgument(`there is no role ${role}`, `owners are 0 to ${parties - 1}`);
};

/** Meets the other owners and does something with them; whatever happens, the session is closed. */
export const withOwners = async <T>(
  { role, parties, network }: Owners,
  agreement: Agreement,
  run: (session: Session) => Promise<T>,
): Promise<T> => {
  const session = await openSession(await network.join(role, agreement), { parties });
  try {
    const result = await run(session);
    await session.close();
    return result;
  } catch (error) {
    await session.close(error instanceof Error ? error : undefined);
    throw error;
  }
};
