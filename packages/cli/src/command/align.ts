import { align } from '@triad/ot-psi';
import type { Session } from '@triad/protocol';
import { Command, Option } from 'commander';
import { refuseDuplicates } from '../align/duplicate.js';
import { fileVersion, requireUnchanged } from '../align/file-version.js';
import type { KeyBatch } from '../align/key-batch.js';
import { addOwnerOptions, type OwnerValues } from '../align/key-option.js';
import { readAllKeys } from '../align/own-keys.js';
import { ownersOf, withOwners } from '../align/owners.js';
import { type Report, reportRecord, reportText } from '../align/report.js';
import { Stopwatch } from '../align/stopwatch.js';
import { checkTarget, writeRows } from '../align/write-rows.js';
import { badArgument } from '../bad-argument.js';
import { count } from '../job-option.js';

interface Options extends OwnerValues {
  readonly parties: number;
  readonly duplicates: 'refuse' | 'first';
}

/** `triad align`: rows that all owners share, in one order. */
export const alignCommand = (): Command =>
  addOwnerOptions(
    new Command('align').description(
      'find the rows that all owners have by key, and write own ones in the order all agree on',
    ),
    "this owner's number, from 0 on",
  )
    .option('--parties <number>', 'how many owners there are', count, 2)
    .addOption(
      new Option('--duplicates <what>', 'rows that repeat a key: refuse them, or take the first')
        .choices(['refuse', 'first'])
        .default('refuse'),
    )
    .addHelpText(
      'after',
      '\nEvery owner learns which of its keys all others have, and nothing of other keys.\n\nExample:\n  triad align --role 0 --job houses --redis redis://10.0.0.1:6379 --tls keys/0 --keys tax.csv#id --out aligned.csv',
    )
    .action(run);

const run = async (options: Options): Promise<void> => {
  const { keys: source, out, parties, duplicates, json = false } = options;
  const owners = ownersOf(options, parties);
  if (out === undefined) throw badArgument('there is no place for the rows', 'add --out FILE');
  await checkTarget(source.file, out);
  const version = await fileVersion(source.file);
  const watch = new Stopwatch();
  const keys = await watch.time(() => readAllKeys(source, json ? undefined : process.stderr));
  if (duplicates === 'refuse') refuseDuplicates(source.file, keys);
  const agreement = { command: 'align', parties };
  const found = await withOwners(owners, agreement, (session) => watch.time(() => intersect(session, keys)));
  await requireUnchanged(version);
  await watch.time(() => writeRows(source.file, found.rows, out));
  const written = { rows: found.rows.length, file: out };
  const report: Report = { ...found.report, written, seconds: watch.seconds };
  console.log(json ? JSON.stringify(reportRecord(report)) : reportText(report));
};

interface Found {
  readonly rows: Uint32Array;
  readonly report: Omit<Report, 'seconds'>;
}

const intersect = async (session: Session, keys: KeyBatch): Promise<Found> => {
  // Repeated keys were refused already, by rows of the file, or are taken once.
  const { rows, size, duplicates } = await align(session, session.op('align'), keys, { duplicates: 'first' });
  const { traffic } = session.channel;
  return { rows, report: { keys: size, duplicates, common: rows.length, traffic } };
};
