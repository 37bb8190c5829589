/** A job with everything it needs at hand. */
import { createHash } from 'node:crypto';
import { aby3 } from '@triad/aby3';
import { manifestDigest, type ShareSet } from '@triad/data';
import { canonicalJson, fractionBits, type Program } from '@triad/layers';
import { type Agreement, TriadError } from '@triad/protocol';
import type { Use } from '../policy/policy.js';
import { fit } from '../work/fit.js';
import type { ParsedWork } from '../work/parsed.js';
import type { Schedule } from '../work/schedule.js';
import { Input } from './input.js';

/** Disposing it closes the data sets. */
export interface Prepared extends AsyncDisposable {
  readonly schedule: Schedule;
  /** See Task. */
  readonly parameters: Program;
  readonly outside: readonly string[];
  readonly inputs: ReadonlyMap<string, Input>;
  readonly model: Uint8Array | undefined;
  /** What all three nodes must have alike. */
  readonly agreement: Agreement;
}

/** Where a work's data and model are. */
export interface Sources {
  readonly set: (name: string) => Promise<ShareSet>;
  /** What an earlier job left, and the name of its results. */
  readonly model: (job: string) => Promise<{ readonly file: Uint8Array; readonly result: string }>;
}

/** Opens the data sets of a work. Throws `mismatch` for sets that are not those of its grants, or do not go together, or not with the program. */
export const prepare = async (
  work: ParsedWork,
  uses: readonly Use[],
  sources: Sources,
): Promise<Prepared> => {
  const sets = new Map<string, ShareSet>();
  const close = async () => {
    for (const set of sets.values()) await set.close();
  };
  try {
    for (const set of work.sets) sets.set(set, await sources.set(set));
    for (const [set, { manifest }] of sets) checkUse(set, manifestDigest(manifest), uses);
    const from = work.work.model;
    const model = from === undefined ? undefined : await sources.model(from);
    const setsOf = (input: string) => work.work.inputs[input]!.map((set) => sets.get(set)!);
    const inputs = new Map(work.fed.map((input) => [input, new Input(setsOf(input))]));
    return {
      schedule: fit(work, (set) => sets.get(set)!.manifest),
      parameters: work.parameters,
      outside: [...new Set(work.exposures.map(({ to }) => to))].sort(),
      inputs,
      model: model?.file,
      agreement: agreement(work, sets, model?.result),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const checkUse = (set: string, digest: string, uses: readonly Use[]): void => {
  if (uses.some((use) => use.set === set && use.digest === digest)) return;
  throw new TriadError('mismatch', `'${set}' is other data than its owner granted`, {
    remedy: 'let its owner grant the job anew',
  });
};

/** Data sets that have an entry of their own, so that a difference names them. */
const mostNamed = 64;

const agreement = (
  work: ParsedWork,
  sets: ReadonlyMap<string, ShareSet>,
  model: string | undefined,
): Agreement => {
  const scheme = aby3();
  const ids = [...sets].map(([set, { manifest }]) => [`data set ${set}`, manifestDigest(manifest)] as const);
  return {
    work: work.hash,
    ...Object.fromEntries(ids.slice(0, mostNamed)),
    'data sets': createHash('sha256').update(canonicalJson(ids)).digest('hex'),
    ...(model !== undefined && { model }),
    protocol: scheme.name,
    ...Object.fromEntries(
      Object.entries(scheme.parameters).map(([key, value]) => [`${scheme.name}.${key}`, value]),
    ),
    fractionBits,
  };
};
