import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { formatRowProgress, type RowProgress, rowProgress } from './row-progress.js';

it('the progress of rows has a rate, and a time that is left where their number is known', () => {
  expect(formatRowProgress({ stage: 'reading', rows: 3e6 }, 2)).toBe('reading  3.0 M rows, 1.5 M/s');
  const matching = { stage: 'matching', rows: 4e6, of: 16e6, before: 2e6 };
  expect(formatRowProgress(matching, 4)).toBe('matching  4.0 M of 16.0 M rows, 500.0 k/s, 24 s left');
  expect(formatRowProgress({ stage: 'matching', rows: 0, of: 10 }, 0)).toBe('matching  0 of 10 rows, 0/s');
});

/** What is shown of progress at these milliseconds. */
const shown = (isTTY: boolean, steps: readonly (readonly [number, RowProgress])[]): string => {
  const stream = Object.assign(new PassThrough(), { isTTY });
  let time = 0;
  const show = rowProgress(stream, () => time);
  for (const [at, progress] of steps) {
    time = at;
    show(progress);
  }
  return String(stream.read() ?? '');
};

const of = 100;
const steps = [0, 100, 300, 400, 1000].map((at) => [at, { stage: 'matching', rows: at / 10, of }] as const);

it('is a changing line on a terminal, and kept at the end', () => {
  const text = shown(true, steps);
  expect(text.split('\u001b[1G\u001b[2K')).toEqual([
    '',
    'matching  30 of 100 rows, 100/s, 1 s left',
    'matching  100 of 100 rows, 100/s, 0 s left\n',
  ]);
});

it('is silent where work is short or output is piped, but for a line every ten seconds', () => {
  expect(shown(true, [[0, { stage: 'reading', rows: 100, of }]])).toBe('');
  expect(shown(false, steps)).toBe('');
  const long = [0, 9000, 10_000, 15_000, 20_000].map(
    (at) => [at, { stage: 'reading', rows: at / 10 }] as const,
  );
  expect(shown(false, long)).toBe('reading  1000 rows, 100/s\nreading  2000 rows, 100/s\n');
});
