import { formatBytes, formatSeconds, formatTable } from '../quantity.js';
import type { Accuracy } from './accuracy.js';
import type { Result } from './case.js';

const head = [
  'name',
  'size',
  'link',
  'median',
  'min',
  'max',
  'rounds',
  'sent by each',
  'peak RSS',
  'reference',
  'ours / it',
];

/** Results as a table, with the full names of the references below it. */
export const formatResults = (results: readonly Result[]): string => {
  const references = new Map(results.map(({ name, reference }) => [name, reference.name]));
  const notes = [...references].map(([name, reference]) => `reference of ${name}: ${reference}`);
  const measures = results.flatMap(({ name, link, measures }) =>
    measures === undefined
      ? []
      : [
          `${name}, ${link}: ${Object.entries(measures)
            .map((pair) => pair.join(' '))
            .join(', ')}`,
        ],
  );
  return [formatTable([head, ...results.map(row)]), '', ...notes, ...measures].join('\n');
};

const row = (result: Result): string[] => [
  result.name,
  result.size,
  result.link,
  formatSeconds(result.seconds),
  formatSeconds(result.min),
  formatSeconds(result.max),
  String(result.rounds),
  formatBytes(Math.max(...result.bytesPerParty)),
  result.peakRssMB === 0 ? '' : `${result.peakRssMB} MB`,
  formatSeconds(result.reference.seconds),
  result.ratio.toFixed(2),
];

/** What functions are worth, as a table. */
export const formatAccuracy = (rows: readonly Accuracy[]): string =>
  formatTable([
    ['function', 'from', 'to', 'stated', 'plain', 'aby3', 'rounds', 'rounds elsewhere'],
    ...rows.map((row) => [
      row.function,
      row.range[0].toPrecision(3),
      row.range[1].toPrecision(3),
      formatError(row.stated),
      formatError(row.plain),
      formatError(row.aby3),
      String(row.rounds),
      Object.entries(row.published)
        .map(([who, rounds]) => `${who} ${rounds}`)
        .join(', '),
    ]),
  ]);

/** As a power of two. */
const formatError = (error: number): string => (error === 0 ? '0' : `2^${Math.log2(error).toFixed(1)}`);
