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
  const rows = [head, ...results.map(row)];
  const widths = head.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  const lines = rows.map((cells) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
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
  return [...lines, '', ...notes, ...measures].join('\n');
};

const row = (result: Result): string[] => [
  result.name,
  result.size,
  result.link,
  duration(result.seconds),
  duration(result.min),
  duration(result.max),
  String(result.rounds),
  amount(Math.max(...result.bytesPerParty)),
  result.peakRssMB === 0 ? '' : `${result.peakRssMB} MB`,
  duration(result.reference.seconds),
  result.ratio.toFixed(2),
];

const duration = (seconds: number): string => {
  const ms = seconds * 1000;
  return ms >= 1000 ? `${seconds.toFixed(2)} s` : `${ms.toPrecision(3)} ms`;
};

const amount = (bytes: number): string =>
  bytes >= 1e6 ? `${(bytes / 1e6).toFixed(2)} MB` : `${(bytes / 1e3).toFixed(1)} kB`;
