import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { formatProgress, isProgress, showProgress } from './progress.js';

const shown = (isTTY: boolean): string => {
  const stream = Object.assign(new PassThrough(), { isTTY });
  for (const epoch of [1, 2]) showProgress(stream, { epoch, epochs: 2, loss: 10 / epoch });
  return String(stream.read());
};

it('progress has a bar and a loss', () => {
  const text = formatProgress({ epoch: 5, epochs: 10, loss: 1.23456 });
  expect(text).toBe(`epoch  5/10  ${'█'.repeat(12)}${'░'.repeat(12)}  loss 1.235`);
});

it('progress is a line each where output is piped', () => {
  expect(shown(false)).toMatch(/^epoch 1\/2 .* loss 10\.000\nepoch 2\/2 .* loss 5\.000\n$/);
});

it('progress is one changing line on a terminal, kept at its end', () => {
  const text = shown(true);
  const start = '\u001b[1G\u001b[2K';
  expect(text.split(start)).toEqual([
    '',
    expect.stringMatching(/^epoch 1\/2 .* loss 10\.000$/),
    expect.stringMatching(/^epoch 2\/2 .* loss 5\.000\n$/),
  ]);
});

it('other records are no progress', () => {
  expect(isProgress({ epoch: 1, epochs: 2, loss: 3 })).toBe(true);
  for (const other of [null, 1, 'epoch', {}, { outcome: {} }, { epoch: 1 }])
    expect(isProgress(other)).toBe(false);
});
