/** What the other nodes say of a job that they do not meet for. */
import { TriadError } from '@triad/protocol';
import { z } from 'zod';
import { role } from '../work/work.js';

const state = z.object({
  phase: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  resumption: z.string().max(64),
  result: z.string().max(64).optional(),
  trouble: z.object({ what: z.string().max(4000), remedy: z.string().max(1000).optional() }).optional(),
  cancelledBy: role.optional(),
});

/** How a job is at another node, as far as it matters here. */
export type StateElsewhere = z.infer<typeof state>;

/** By rank: undefined for a node that does not know the job. Those that do not answer are not in it. */
export type Elsewhere = ReadonlyMap<number, StateElsewhere | undefined>;

/** What another node says; undefined when it makes no sense. */
export const readElsewhere = (value: unknown): StateElsewhere | undefined => state.safeParse(value).data;

/** Who has ended a job, and which node said so, if not this one. */
export interface Cancellation {
  readonly who: string;
  readonly from?: number;
}

/** Nodes that a node works with. */
const count = 2;

/** All others have the results of this name: they are not to be met any more. */
export const isCompleteElsewhere = (others: Elsewhere, result: string): boolean =>
  others.size === count && [...others.values()].every((state) => state?.result === result);

/** Who has cancelled the job at another node; undefined when nobody has. */
export const cancelledElsewhere = (others: Elsewhere): Cancellation | undefined => {
  for (const [from, state] of others)
    if (state?.phase === 'cancelled' && state.cancelledBy !== undefined)
      return { who: state.cancelledBy, from };
  return undefined;
};

/**
 * Why the job cannot end well; undefined when it may. A failure of a node that was not told of the last resumption, as this one was, does not
 * count.
 */
export const failureElsewhere = (others: Elsewhere, resumption: string): TriadError | undefined => {
  for (const [party, state] of others) {
    if (state === undefined)
      return new TriadError('closed', `node ${party} was never given the job`, {
        party,
        remedy: 'submit it again',
      });
    const { phase, trouble } = state;
    if (phase !== 'failed' || trouble === undefined || state.resumption !== resumption) continue;
    const remedy = trouble.remedy === undefined ? {} : { remedy: trouble.remedy };
    return new TriadError('closed', `node ${party}: ${trouble.what}`, { party, ...remedy });
  }
  return undefined;
};
