import plot from 'simple-ascii-chart';

/** Losses after epoch 1, 2, ... as curves of characters, colored on a terminal. */
export const chart = (names: readonly string[], series: readonly (readonly number[])[]): string => {
  const colored = process.stdout.isTTY === true;
  const points = series.map((values) => values.map((y, i): [number, number] => [i + 1, y]));
  return plot(points, {
    title: 'loss after each epoch',
    width: 60,
    height: 14,
    legend: { position: 'bottom', series: [...names] },
    ...(colored && { color: ['ansiRed', 'ansiCyan'] }),
  }).trimEnd();
};
