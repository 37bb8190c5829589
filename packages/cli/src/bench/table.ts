import { formatBytes, formatSeconds, formatTable } from '../quantity.js';
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
