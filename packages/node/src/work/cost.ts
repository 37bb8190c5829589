/** What runs of a stage take. */
import { aby3 } from '@triad/aby3';
import { plan } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import type { ParsedRun } from './parsed.js';
import { elementsOf } from './size.js';

export interface Cost {
  /** Of all values of a run. */
  readonly elements: number;
  /** Rounds that a run takes when runs overlap. */
  readonly rounds: number;
}

/** Kinds of runs that a work may have: each is compiled before the work is taken. */
const maxKinds = 64;

/**
 * Measures runs of so many rows, each kind of run once. Throws `limit` for programs that are too large, `bad-argument` for those that cannot be
 * compiled.
 */
export const costs = (): ((stage: ParsedRun, index: number, batch: number) => Cost) => {
  const known = new Map<string, Cost>();
  return (stage, index, batch) => {
    const kind = JSON.stringify([stage.program, batch, stage.reveal]);
    const cost = known.get(kind) ?? costOf(stage, index, batch);
    known.set(kind, cost);
    if (known.size <= maxKinds) return cost;
    throw new TriadError('limit', `stages up to ${index} are of more than ${maxKinds} kinds`, {
      remedy: 'use fewer programs, sizes of batches or reveals, or several works',
    });
  };
};

const costOf = (stage: ParsedRun, index: number, batch: number): Cost => ({
  elements: elementsOf(stage.of, Math.max(1, batch)),
  rounds: roundsOf(stage, index, batch),
});

const roundsOf = ({ program, of, reveal = [] }: ParsedRun, index: number, batch: number): number => {
  try {
    return plan(of, aby3(), { fetchList: reveal, ...(batch > 0 && { batch }) }).roundsPerStep;
  } catch (error) {
    const what = `stage ${index}: program '${program}' cannot be compiled: ${(error as Error).message}`;
    throw new TriadError('bad-argument', what);
  }
};
