/** What the other nodes say of a job that they do not meet for. */
import { TriadError } from '@triad/protocol';
import type { JobState } from '../store/jobs.js';

/** By rank: undefined for a node that does not know the job. Those that do not answer are not in it. */
export type Elsewhere = ReadonlyMap<number, JobState | undefined>;

/** Nodes that a node works with. */
const count = 2;

/** All others have all results: they are not to be met any more. */
export const isCompleteElsewhere = (others: Elsewhere): boolean =>
  others.size === count && [...others.values()].every((state) => state?.result !== undefined);

/** Who has cancelled the job at another node; undefined when nobody has. */
export const cancelledElsewhere = (others: Elsewhere): string | undefined =>
  [...others.values()].find((state) => state?.phase === 'cancelled')?.cancelledBy;

/** Why the job cannot end well; undefined when it may. A failure that was there before this node was told to resume does not count. */
export const failureElsewhere = (others: Elsewhere, resumed: number): TriadError | undefined => {
  for (const [party, state] of others) {
    if (state === undefined)
      return new TriadError('closed', `node ${party} was never given the job`, {
        party,
        remedy: 'submit it again',
      });
    const { phase, trouble } = state;
    if (phase !== 'failed' || trouble === undefined || state.resumed < resumed) continue;
    const remedy = trouble.remedy === undefined ? {} : { remedy: trouble.remedy };
    return new TriadError('closed', `node ${party}: ${trouble.what}`, { party, ...remedy });
  }
  return undefined;
};
