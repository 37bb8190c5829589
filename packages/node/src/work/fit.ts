/** Whether data sets go with each other and with a work: seen from what they say of themselves, before anything is opened. */
import type { Manifest } from '@triad/data';
import { fractionBits } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import type { ParsedRun, ParsedWork } from './parsed.js';
import { type Schedule, type Span, schedule, type Table } from './schedule.js';
import { isRun } from './work.js';

/** The units of a work on these data sets. Throws `mismatch` for data sets that do not go together, or not with the programs. */
export const fit = (work: ParsedWork, manifestOf: (set: string) => Manifest): Schedule => {
  const tables = new Map(
    work.fed.map((input) => [input, tableOf(input, work.work.inputs[input]!.map(manifestOf))]),
  );
  const plan = schedule(work, (input) => tables.get(input)!);
  for (const span of plan.spans) if (isRun(span.stage)) checkFeed(span, span.stage, tables);
  return plan;
};

const tableOf = (input: string, manifests: readonly Manifest[]): Table => {
  const [first] = manifests as [Manifest];
  for (const { owner, name, fractionBits: bits } of manifests)
    if (bits !== fractionBits)
      throw new TriadError(
        'mismatch',
        `'${owner}/${name}' has ${bits} bits of fraction, programs have ${fractionBits}`,
        { remedy: 'share it again' },
      );
  const other = manifests.find(({ columns }) => columns.join('\n') !== first.columns.join('\n'));
  if (other !== undefined) {
    const [a, b] = [first, other].map((m) => `${m.owner}/${m.name} (${m.columns.length} columns)`);
    throw new TriadError('mismatch', `'${input}' mixes data sets with other columns: ${a}, ${b}`, {
      remedy: 'share all of them with the same schema',
    });
  }
  return { rows: manifests.reduce((n, { rows }) => n + rows, 0), columns: first.columns.length };
};

const checkFeed = (
  { index, rows, batch }: Span,
  { program, of, feed }: ParsedRun,
  tables: ReadonlyMap<string, Table>,
): void => {
  for (const { attributes } of of.data) {
    const input = feed[attributes.name]!;
    const { columns } = tables.get(input)!;
    const [height, width, ...more] = attributes.shape;
    const high = height === null || (height === batch && rows % batch === 0);
    if (high && width === columns && more.length === 0) continue;
    const shape = attributes.shape.map((d) => d ?? 'batch').join(', ');
    throw new TriadError(
      'mismatch',
      `stage ${index}: '${attributes.name}' of program '${program}' has shape [${shape}], but '${input}' has ${rows} rows of ${columns} columns, ${batch} rows a run`,
      { remedy: 'declare data as the columns of its data set, and feed as many rows as it has' },
    );
  }
};
