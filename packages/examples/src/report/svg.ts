import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';

/** A named curve: y over 0, 1, 2, ... */
export interface Series {
  readonly name: string;
  readonly color: string;
  readonly values: readonly number[];
  /** Drawn in points, so that a curve below it is seen. */
  readonly dotted?: boolean;
}

const size = { width: 640, height: 400, left: 64, right: 24, top: 40, bottom: 48 } as const;

/** 1, 2 or 5 times a power of ten: labels far enough apart on a logarithmic axis. */
const isRound = (tick: number): boolean => /^[125]/.test(tick.toExponential());

/** Positive curves over epochs, on a logarithmic axis, as a drawing of its own. */
export const curvesSvg = (title: string, series: readonly Series[]): string => {
  const all = series.flatMap(({ values }) => values);
  const last = Math.max(1, ...series.map(({ values }) => values.length - 1));
  const x = scaleLinear([0, last], [size.left, size.width - size.right]);
  const y = scaleLog([Math.min(...all), Math.max(...all)], [size.height - size.bottom, size.top]).nice();
  const xTicks = x.ticks(Math.min(last, 10)).filter(Number.isInteger);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${size.width}" height="${size.height}" fill="white"/>`,
    text(size.width / 2, 22, title, 'middle'),
    text(size.width / 2, size.height - 10, 'epoch', 'middle'),
    ...xTicks.map((tick) => text(x(tick), size.height - size.bottom + 18, String(tick), 'middle')),
    ...y
      .ticks()
      .filter(isRound)
      .flatMap((tick) => [gridLine(y(tick)), text(size.left - 8, y(tick) + 4, String(tick), 'end')]),
    ...series.map((each) => curve(each, x, y)),
    ...series.map(({ name, color }, i) => legend(name, color, i)),
    '</svg>\n',
  ].join('\n');
};

type Scale = (value: number) => number;

const curve = ({ values, color, dotted = false }: Series, x: Scale, y: Scale): string => {
  const points = values.map((value, epoch): [number, number] => [x(epoch), y(value)]);
  if (dotted)
    return points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${color}"/>`).join('\n');
  return `<path d="${line()(points) ?? ''}" fill="none" stroke="${color}" stroke-width="1.5"/>`;
};

const gridLine = (at: number): string =>
  `<line x1="${size.left}" x2="${size.width - size.right}" y1="${at}" y2="${at}" stroke="#ddd"/>`;

const legend = (name: string, color: string, row: number): string => {
  const [left, top] = [size.width - size.right - 180, size.top + 16 * row + 8];
  return `<rect x="${left}" y="${top - 9}" width="10" height="10" fill="${color}"/>\n${text(left + 16, top, name, 'start')}`;
};

const text = (x: number, y: number, words: string, anchor: string): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${words.replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`)}</text>`;
