import { join } from 'node:path';
import type { NdArray } from '@triad/layers';
import type { Network, Session, Traffic } from '@triad/protocol';
import { lostAfter, withOwners } from './align/owners.js';
import { writeFileWhole } from './atomic-file.js';
import { badArgument } from './bad-argument.js';
import { connect, counted, type Roster } from './connect.js';
import { readCsv } from './csv.js';
import { type JobValues, parseJobValues } from './job-option.js';
import { rehearse } from './plan/rehearsal.js';
import { planRecord, planText } from './plan/report.js';

/** Who takes part in a program: what its file says, since it is the same at every party. */
export interface JobOptions {
  /** How many computing parties; default 3. */
  readonly parties?: number;
  /** Names of input and result parties. */
  readonly outside?: readonly string[];
}

/** What the command line says about this party. */
export interface Job {
  readonly role: number | string;
  readonly network: Network;
  /**
   * What some outside parties, with these names in this order, do among themselves before the job: find common records, for example. They meet as the
   * job does, under the same certificates, and leave each other afterwards. Resolves to what `body` gave; to undefined at other parties, and
   * when `triad plan` runs the program.
   */
  among<T>(names: readonly string[], body: (session: Session) => Promise<T>): Promise<T | undefined>;
  /** The program's own arguments: what follows `--`. */
  readonly args: readonly string[];
  /** For `Executor.share`: this party's values of an input, [rows, columns] of the CSV given with `--csv`. */
  input(name: string): () => Promise<NdArray>;
  /**
   * Writes a file into the folder given with `--out`, whole or not at all, readable by its owner alone; without a folder it
   * does nothing.
   */
  save(file: string, contents: string | Uint8Array): Promise<void>;
  /** What this party has sent and received so far: payload bytes and messages. */
  traffic(): Traffic;
  /** Tells the user: the record as a line of JSON with `--json`, else the text. */
  emit(record: Readonly<Record<string, unknown>>, text: string): void;
}

/**
 * This party of a job, from the command line: of `triad run PROGRAM ...`, or of `node program.js ...` with the same
 * options.
 */
export const job = ({ parties = 3, outside = [] }: JobOptions = {}): Job => {
  const { values, args } = parseJobValues(process.argv.slice(2));
  const roster = { parties, outside: agreedOutside(outside, values.outside) };
  const { network, traffic } = counted(
    values.plan === true ? rehearsed(values, roster) : connect(values, roster),
  );
  return {
    role: values.role,
    network,
    among: (names, body) => among(values, names, body),
    traffic,
    args,
    input: (name) => () => readInput(values, name),
    save: async (file, contents) => {
      if (values.out !== undefined && values.plan !== true)
        await writeFileWhole(join(values.out, file), contents, ownerOnly);
    },
    emit: (record, text) => {
      if (values.plan !== true) console.log(values.json === true ? JSON.stringify(record) : text);
    },
  };
};

const among = async <T>(
  values: JobValues,
  names: readonly string[],
  body: (session: Session) => Promise<T>,
): Promise<T | undefined> => {
  const rank = names.indexOf(String(values.role));
  if (rank < 0 || values.plan === true) return undefined;
  if (values.peers !== undefined) {
    throw badArgument(
      `--peers says nothing of where ${names.join(' and ')} meet`,
      'let the parties find each other by --redis or --rendezvous',
    );
  }
  const parties = names.length;
  const network = connect(values, { parties, outside: [], names, lostAfter });
  return withOwners({ role: values.role, parties, network }, { among: names.join(',') }, body);
};

/** What a party gets is for this party: results, or its share of a model. */
const ownerOnly = 0o600;

/** Nobody is met; when the program has ended, its plan is told. */
const rehearsed = ({ json }: JobValues, { outside }: Roster): Network => {
  const { network, plan } = rehearse(outside);
  process.once('beforeExit', () => {
    if (process.exitCode === undefined)
      console.log(json ? JSON.stringify(planRecord(plan())) : planText(plan()));
  });
  return network;
};

const agreedOutside = (
  declared: readonly string[],
  stated: readonly string[] | undefined,
): readonly string[] => {
  if (stated === undefined) return declared;
  if (declared.length === 0 || declared.join(',') === stated.join(',')) return stated;
  throw badArgument(
    `--outside says ${stated.join(',')}, the program ${declared.join(',')}`,
    'leave --outside out: the program names its parties',
  );
};

const readInput = async ({ role, csv = [] }: JobValues, name: string): Promise<NdArray> => {
  const source = csv.find((each) => each.name === name);
  if (source !== undefined) return readCsv(source);
  throw badArgument(
    `party ${role} owns '${name}' but was given no values`,
    `add --csv ${name}=FILE#COLUMN,COLUMN`,
  );
};
