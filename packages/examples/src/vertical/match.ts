import { type PsiResult, psi } from '@triad/ot-psi';
import type { Session } from '@triad/protocol';
import type { Owner } from '../house-price/houses.js';
import { keysOf } from './districts.js';

/** The owners as they meet: the city learns which of its districts the agency knows, too; the agency learns nothing but how many the city has. */
export const owners = ['city', 'agency'] as const satisfies readonly Owner[];

/** What each owner finds out before the job. */
export const match = (session: Session): Promise<PsiResult> => {
  const { rank } = session;
  const link = { session, op: session.op('districts'), peer: 1 - rank };
  return psi(link, keysOf(owners[rank]!), { role: rank === 0 ? 'receiver' : 'sender', result: 'payload' });
};
