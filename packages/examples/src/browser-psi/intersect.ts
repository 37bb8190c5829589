import { type PsiResult, psi } from '@triad/ot-psi';
import { type Network, openSession } from '@triad/protocol';

/** Of which there is one at a time. */
export const job = 'browser-psi';
/** A page can only dial, so it has the higher number. */
export const ranks = { node: 0, page: 1 } as const;

/** What either side does: meets the other one and finds the keys that both have. Both learn them. */
export const intersect = async (
  network: Network,
  rank: 0 | 1,
  keys: readonly string[],
): Promise<PsiResult> => {
  const session = await openSession(await network.join(rank, { example: job }), { parties: 2 });
  try {
    const link = { session, op: session.op('keys'), peer: 1 - rank };
    const result = await psi(link, keys, {
      role: rank === ranks.node ? 'receiver' : 'sender',
      result: 'both',
    });
    await session.close();
    return result;
  } catch (error) {
    await session.close(error as Error);
    throw error;
  }
};

/** One key a line; empty lines are none. */
export const readLines = (text: string): string[] => text.split(/\r?\n/).filter((line) => line !== '');
