/** A job with everything it needs at hand. */
import { createHash } from 'node:crypto';
import { aby3 } from '@triad/aby3';
import type { ShareSet } from '@triad/data';
import { canonicalJson, fractionBits, type Program, parameter, program } from '@triad/layers';
import { type Agreement, TriadError } from '@triad/protocol';
import type { ParsedWork } from '../work/parsed.js';
import { type Schedule, schedule } from '../work/schedule.js';
import { Input } from './input.js';

/** Disposing it closes the data sets. */
export interface Prepared extends AsyncDisposable {
  readonly schedule: Schedule;
  /** See Task. */
  readonly parameters: Program;
  readonly outside: readonly string[];
  readonly inputs: ReadonlyMap<string, Input>;
  /** What all three nodes must have alike. */
  readonly agreement: Agreement;
}

/** Opens the data sets of a work. Throws `mismatch` for sets that do not go together, or not with the program. */
export const prepare = async (
  work: ParsedWork,
  open: (set: string) => Promise<ShareSet>,
): Promise<Prepared> => {
  const sets = new Map<string, ShareSet>();
  const close = async () => {
    for (const set of sets.values()) await set.close();
  };
  try {
    for (const set of work.sets) sets.set(set, await open(set));
    for (const { manifest } of sets.values())
      checkScale(manifest.fractionBits, `${manifest.owner}/${manifest.name}`);
    const names = [
      ...new Set(work.stages.flatMap((stage) => ('feed' in stage ? Object.values(stage.feed) : []))),
    ];
    const inputs = new Map(
      names.map((name) => [
        name,
        new Input(
          name,
          work.work.inputs[name]!.map((set) => sets.get(set)!),
        ),
      ]),
    );
    return {
      schedule: schedule(work, (input) => inputs.get(input)!.rows),
      parameters: parametersOf(work),
      outside: [...new Set(work.exposures.map(({ to }) => to))].sort(),
      inputs,
      agreement: agreement(work, sets),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const checkScale = (bits: number, set: string): void => {
  if (bits === fractionBits) return;
  throw new TriadError('mismatch', `'${set}' has ${bits} bits of fraction, programs have ${fractionBits}`, {
    remedy: 'share it again',
  });
};

/** A program that has the parameters of all, for checkpoints. Throws where two differ under one name. */
const parametersOf = ({ programs }: ParsedWork): Program =>
  program(() => {
    for (const { parameters } of programs.values())
      for (const { attributes } of parameters) parameter(attributes);
  });

const agreement = (work: ParsedWork, sets: ReadonlyMap<string, ShareSet>): Agreement => {
  const scheme = aby3();
  const ids = [...sets].map(([set, { manifest }]) => [set, manifest.id]);
  return {
    work: work.hash,
    'data sets': createHash('sha256').update(canonicalJson(ids)).digest('hex'),
    protocol: scheme.name,
    ...Object.fromEntries(
      Object.entries(scheme.parameters).map(([key, value]) => [`${scheme.name}.${key}`, value]),
    ),
    fractionBits,
  };
};
