import type { PsiName } from '@triad/ot-psi';
import { Command, Option } from 'commander';
import { type FileVersion, fileVersion, requireUnchanged } from '../align/file-version.js';
import { addOwnerOptions, type OwnerValues } from '../align/key-option.js';
import { type Buckets, type Found, type Matching, matchBuckets, matchKeys } from '../align/match.js';
import { readAllKeys } from '../align/own-keys.js';
import { type Owners, ownersOf, withOwners } from '../align/owners.js';
import { type Report, reportRecord, reportText } from '../align/report.js';
import { type Mode, modes } from '../align/selection.js';
import { Stopwatch } from '../align/stopwatch.js';
import { checkTarget, writeRows } from '../align/write-rows.js';
import { badArgument } from '../bad-argument.js';
import { count } from '../job-option.js';
import { rowProgress } from '../row-progress.js';

interface Options extends OwnerValues {
  readonly result: 'receiver' | 'both';
  readonly mode: Mode;
  readonly protocol: 'auto' | PsiName;
  readonly pad?: number;
  readonly state?: string;
  readonly bucketRows?: number;
}

const help = `
Rows that repeat a key count once, the first of them. Sizes are no secret,
unless padded.

Example, at the first of two owners; the second one has --role 1 and no --out:
  triad psi --role 0 --job leads --redis redis://10.0.0.1:6379 --tls keys/0 --keys leads.csv#email --out common.csv`;

/** `triad psi`: what two owners' keys have in common. */
export const psiCommand = (): Command =>
  addOwnerOptions(
    new Command('psi').description('find the keys that two owners share, and write own rows that have them'),
    '0: the receiver, who learns the result; 1: the sender',
  )
    .addOption(
      new Option('--result <who>', 'who learns which keys are common; the same at both')
        .choices(['receiver', 'both'])
        .default('receiver'),
    )
    .addOption(
      new Option(
        '--mode <what>',
        'own rows: common ones, those that are not, or common ones before the others; or only how many',
      )
        .choices(modes)
        .default('intersection'),
    )
    .addOption(
      new Option('--protocol <name>', 'the same at both').choices(['auto', 'rr22', 'kkrt16']).default('auto'),
    )
    .option('--pad <number>', 'hide how many distinct keys there are: say there are so many', count)
    .option(
      '--state <folder>',
      'go by buckets kept in this folder: files of any size, and a run that breaks off goes on when started again',
    )
    .option('--bucket-rows <number>', 'rows of a bucket, about (default: 1048576)', count)
    .addHelpText('after', help)
    .action(run);

const run = async (options: Options): Promise<void> => {
  const { keys, out, json = false, state: folder, bucketRows } = options;
  const owners = ownersOf(options, 2);
  const matching = matchingOf(options, owners.role === 0 ? 'receiver' : 'sender');
  checkOptions(options, matching);
  if (out !== undefined) await checkTarget(keys.file, out);
  const version = await fileVersion(keys.file);
  const task: Task = { options, owners, matching, version, watch: new Stopwatch() };
  const { rows, report } =
    folder === undefined ? await inMemory(task) : await inBuckets(task, { folder, bucketRows });
  const whole: Report = {
    ...report,
    ...(rows && { written: { rows: rows.length, file: out! } }),
    seconds: task.watch.seconds,
  };
  console.log(json ? JSON.stringify(reportRecord(whole)) : reportText(whole));
};

const matchingOf = ({ result, mode, protocol, pad }: Options, role: 'receiver' | 'sender'): Matching => ({
  role,
  result,
  mode,
  protocol: protocol === 'auto' ? undefined : protocol,
  padTo: pad,
});

/** Throws `bad-argument` for options that do not go together. */
const checkOptions = ({ out, state, bucketRows }: Options, matching: Matching): void => {
  const { mode, result, protocol, padTo, role } = matching;
  if (mode === 'cardinality' && (result === 'both' || protocol !== undefined))
    throw badArgument(
      'how many keys are common is told to the receiver alone, by a protocol of its own',
      'leave --result and --protocol out',
    );
  if (state === undefined ? bucketRows !== undefined : mode !== 'intersection' || padTo !== undefined)
    throw badArgument(
      '--bucket-rows goes with --state; --state goes with common rows, and fills buckets up by itself',
      'leave --bucket-rows out, or --mode and --pad',
    );
  const learns = mode !== 'cardinality' && (role === 'receiver' || result === 'both');
  if (learns && out === undefined) throw badArgument('there is no place for the rows', 'add --out FILE');
  if (!learns && out !== undefined)
    throw badArgument(
      `the ${role} learns no rows that could be written to ${out}`,
      'leave --out out, or choose --result both at both sides',
    );
};

interface Task {
  readonly options: Options;
  readonly owners: Owners;
  readonly matching: Matching;
  /** The file whose rows are matched. */
  readonly version: FileVersion;
  readonly watch: Stopwatch;
}

const terminal = ({ json }: Options) => (json === true ? undefined : process.stderr);

/** What both must say alike. */
const agreement = ({ result, mode, protocol, state, bucketRows = 0 }: Options) => ({
  command: 'psi',
  cardinality: String(mode === 'cardinality'),
  result,
  protocol,
  buckets: String(state !== undefined),
  bucketRows,
});

const write = async ({ options, version, watch }: Task, { rows }: Found): Promise<void> => {
  if (rows === undefined) return;
  await requireUnchanged(version);
  await watch.time(() => writeRows(version.file, rows, options.out!));
};

const inMemory = async (task: Task): Promise<Found> => {
  const { options, owners, matching, watch } = task;
  const keys = await watch.time(() => readAllKeys(options.keys, terminal(options)));
  const found = await withOwners(owners, agreement(options), (session) =>
    watch.time(() => matchKeys(session, keys, matching)),
  );
  await write(task, found);
  return found;
};

/** The state is kept until both sides have written their rows. */
const inBuckets = (task: Task, buckets: Buckets): Promise<Found> => {
  const { options, owners, matching, watch } = task;
  const stream = terminal(options);
  const show = stream === undefined ? () => {} : rowProgress(stream);
  return withOwners(owners, agreement(options), async (session) => {
    const found = await watch.time(() =>
      matchBuckets(session, options.keys, { ...matching, ...buckets }, show),
    );
    await write(task, found);
    await session.agree(session.op('psi/written'), 'what is done', 'everything');
    await found.forget();
    return found;
  });
};
