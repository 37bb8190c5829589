/** What three nodes are asked to do, as data: a node runs no code of whoever sends it. */
import { createHash } from 'node:crypto';
import { canonicalJson, type Program } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import { z } from 'zod';

const format = 'triad/work/1';
/** Of a work, in bytes. */
export const maxWorkBytes = 2 ** 22;
const maxRuns = 2 ** 31;

const name = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/);
/** Of an owner, a submitter or a result party; nodes have numbers. */
export const role = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9-]{0,31}$/,
    'it must be a role with a name: nodes have numbers, and learn nothing',
  );
/** Roles of computing parties are numbers. */
export const isNode = (name: string): boolean => /^[0-2]$/.test(name);
/** Of a job: 32 hexadecimal digits. */
export const jobId = z.string().regex(/^[0-9a-f]{32}$/);
/** `owner/name`. */
export const setName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,31}\/[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/);
const count = z.number().int().min(1).max(maxRuns);

const run = z.strictObject({
  program: name,
  /** The program's data by name: which input each is. */
  feed: z.record(name, name),
  /** Rows of a run; default: all. The last run of an epoch has what is left. */
  batch: count.optional(),
  epochs: count.optional(),
  /** Public seed of the order of rows, another one in each epoch; default: as they are. */
  shuffle: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  /** Reveals of the program that are wanted. */
  reveal: z.array(name).max(64).optional(),
});

const exposure = z.strictObject({
  /** A parameter as the stages before leave it, */
  parameter: z.string().min(1).max(200),
  /** for a result party. */
  to: role,
});

const schema = z.strictObject({
  format: z.literal(format),
  /** By name, as `Program.bytes()` has them. */
  programs: z.record(name, z.string().max(maxWorkBytes)).refine((all) => Object.keys(all).length <= 256),
  /** Secret tables by name: the rows of one or more data sets with the same columns, one below the other. */
  inputs: z.record(name, z.array(setName).min(1).max(64)),
  /** An earlier job that is done: parameters begin as it left them. Owners of its data must agree, too. Default: as initializers say. */
  model: jobId.optional(),
  stages: z
    .array(z.union([run, exposure]))
    .min(1)
    .max(2 ** 12),
});

/** What to do, in a form that all nodes read alike. */
export type Work = z.infer<typeof schema>;
/** Runs of a program over the rows of its inputs. */
export type RunStage = z.infer<typeof run>;
/** A parameter that is revealed. */
export type ExposureStage = z.infer<typeof exposure>;

export const isRun = (stage: RunStage | ExposureStage): stage is RunStage => 'program' in stage;

/** A work as its author writes it. */
export interface WorkDraft extends Omit<Work, 'format' | 'programs' | 'inputs'> {
  readonly programs: Readonly<Record<string, Program>>;
  /** Data sets by name of the input: `owner/name`, or several whose rows go together. */
  readonly inputs: Readonly<Record<string, string | readonly string[]>>;
}

/** The work that these make. Throws `bad-argument` where it is none. */
export const work = ({ programs, inputs, ...rest }: WorkDraft): Work =>
  readWork({
    format,
    ...rest,
    programs: mapValues(programs, (program) => new TextDecoder().decode(program.bytes())),
    inputs: mapValues(inputs, (sets) => [sets].flat()),
  });

const mapValues = <A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value)]));

/** A work that somebody sent: its form, not what its programs say. Throws `bad-argument`. */
export const readWork = (value: unknown): Work => {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [{ path, message } = { path: [], message: 'it is none' }] = error.issues;
  const where = path.length === 0 ? '' : ` at ${path.join('.')}`;
  throw new TriadError('bad-argument', `the work cannot be read${where}: ${message}`, {
    remedy: 'make it with `work({ programs, inputs, stages })`',
  });
};

/** SHA-256 of the canonical JSON, in hexadecimal: what owners sign for. */
export const hashWork = (value: Work): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex');
