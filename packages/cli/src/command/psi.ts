import { cardinality, type PsiName, psi } from '@triad/ot-psi';
import type { Session } from '@triad/protocol';
import { Command, Option } from 'commander';
import type { KeyBatch } from '../align/key-batch.js';
import { addOwnerOptions, type OwnerValues } from '../align/key-option.js';
import { readAllKeys } from '../align/own-keys.js';
import { ownersOf, withOwners } from '../align/owners.js';
import { type Report, reportRecord, reportText } from '../align/report.js';
import { type Mode, modes, select } from '../align/selection.js';
import { Stopwatch } from '../align/stopwatch.js';
import { checkTarget, writeRows } from '../align/write-rows.js';
import { badArgument } from '../bad-argument.js';
import { count } from '../job-option.js';

interface Options extends OwnerValues {
  readonly result: 'receiver' | 'both';
  readonly mode: Mode;
  readonly protocol: 'auto' | PsiName;
  readonly pad?: number;
}

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
    .addHelpText('after', help)
    .action(run);

const help = `
Rows that repeat a key count once, the first of them. Sizes are no secret, unless padded.

Example, at the first of two owners; the second one has --role 1 and no --out:
  triad psi --role 0 --job leads --redis redis://10.0.0.1:6379 --tls keys/0 --keys leads.csv#email --out common.csv`;

const run = async (options: Options): Promise<void> => {
  const { keys: source, out, json = false } = options;
  const owners = ownersOf(options, 2);
  const role = owners.rank === 0 ? 'receiver' : 'sender';
  checkOptions(options, role);
  if (out !== undefined) await checkTarget(source.file, out);
  const watch = new Stopwatch();
  const keys = await watch.time(() => readAllKeys(source, json ? undefined : process.stderr));
  const { mode, result, protocol } = options;
  const agreement = { command: 'psi', cardinality: String(mode === 'cardinality'), result, protocol };
  const found = await withOwners(owners, agreement, (session) =>
    watch.time(() => match(session, keys, role, options)),
  );
  const { rows } = found;
  if (rows !== undefined) await watch.time(() => writeRows(source.file, rows, out!));
  const report: Report = {
    ...found.report,
    ...(rows && { written: { rows: rows.length, file: out! } }),
    seconds: watch.seconds,
  };
  console.log(json ? JSON.stringify(reportRecord(report)) : reportText(report));
};

type Role = 'receiver' | 'sender';

/** Throws `bad-argument` for options that do not go together. */
const checkOptions = ({ mode, result, protocol, out }: Options, role: Role): void => {
  if (mode === 'cardinality' && (result === 'both' || protocol !== 'auto'))
    throw badArgument(
      'how many keys are common is told to the receiver alone, by a protocol of its own',
      'leave --result and --protocol out',
    );
  const learns = mode !== 'cardinality' && (role === 'receiver' || result === 'both');
  if (learns && out === undefined) throw badArgument('there is no place for the rows', 'add --out FILE');
  if (!learns && out !== undefined)
    throw badArgument(
      `the ${role} learns no rows that could be written to ${out}`,
      'leave --out out, or choose --result both at both sides',
    );
};

interface Found {
  /** Rows to write; undefined where this side learns none. */
  readonly rows: Uint32Array | undefined;
  readonly report: Omit<Report, 'seconds'>;
}

const match = async (session: Session, keys: KeyBatch, role: Role, options: Options): Promise<Found> => {
  const { mode, result, protocol, pad } = options;
  const link = { session, op: session.op('psi'), peer: 1 - session.rank };
  const padTo = pad === undefined ? {} : { padTo: pad };
  const { traffic } = session.channel;
  if (mode === 'cardinality') {
    const { common, size, distinct, peerSize } = await cardinality(link, keys, { role, ...padTo });
    const duplicates = size - distinct;
    const report = {
      keys: size,
      duplicates,
      peerKeys: peerSize,
      ...(common !== undefined && { common }),
      traffic,
    };
    return { rows: undefined, report };
  }
  const chosen = protocol === 'auto' ? {} : { protocol };
  const { rows, size, duplicates, repeats, peerSize } = await psi(link, keys, {
    role,
    result,
    ...chosen,
    ...padTo,
  });
  const report = {
    keys: size,
    duplicates,
    peerKeys: peerSize,
    ...(rows && { common: rows.length }),
    traffic,
  };
  return { rows: rows && select(mode, { rows, size, repeats }), report };
};
