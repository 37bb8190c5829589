/** A function by polynomials between thresholds. */
export interface Pieces {
  /** Ascending: piece k is for x < thresholds[k], the last one for the rest. */
  readonly thresholds: readonly number[];
  /** Per piece the coefficients of 1, x, x^2, ... */
  readonly coefficients: readonly (readonly number[])[];
}

/** What a fit is asked for: f between two points, given polynomials outside. */
export interface Fit {
  readonly f: (x: number) => number;
  readonly low: number;
  readonly high: number;
  /** Coefficients below `low` and from `high` on; without them the first and last piece go on. */
  readonly below?: readonly number[];
  readonly above?: readonly number[];
}

export const degree = 4;

/** Largest error of a piece. */
const tolerance = 2 ** -18;

/** Pieces end at multiples of this, which is exact in fixed point. */
const grid = 2 ** -6;

/** Chebyshev nodes of degree 4, cos((2 k + 1) pi / 10), by square roots: the same on every machine. */
const outer = Math.sqrt((5 + Math.sqrt(5)) / 8);
const inner = Math.sqrt((5 - Math.sqrt(5)) / 8);
const nodes = [-outer, -inner, 0, inner, outer];

/** Pieces as long as the tolerance allows, from the left. */
export const fit = ({ f, low, high, below, above }: Fit): Pieces => {
  const thresholds: number[] = below === undefined ? [] : [low];
  const coefficients: (readonly number[])[] = below === undefined ? [] : [below];
  for (let from = low; from < high; ) {
    const to = reach(f, from, high);
    coefficients.push(interpolate(f, from, to));
    if (to < high || above !== undefined) thresholds.push(to);
    from = to;
  }
  if (above !== undefined) coefficients.push(above);
  return { thresholds, coefficients };
};

/** The farthest grid point a piece can go to. */
const reach = (f: (x: number) => number, from: number, high: number): number => {
  const steps = Math.max(1, Math.round((high - from) / grid));
  let [good, bad] = [1, steps + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const to = Math.min(high, from + middle * grid);
    if (error(f, interpolate(f, from, to), from, to) <= tolerance) good = middle;
    else bad = middle;
  }
  return good === steps ? high : from + good * grid;
};

/** Coefficients of the polynomial through f at the nodes of [from, to] (Newton's divided differences). */
const interpolate = (f: (x: number) => number, from: number, to: number): number[] => {
  const points = nodes.map((node) => (from + to) / 2 + (node * (to - from)) / 2);
  const differences = points.map(f);
  for (let level = 1; level <= degree; level++) {
    for (let i = degree; i >= level; i--) {
      differences[i] = (differences[i]! - differences[i - 1]!) / (points[i]! - points[i - level]!);
    }
  }
  let polynomial = [differences[degree]!];
  for (let i = degree - 1; i >= 0; i--) {
    const shifted = [0, ...polynomial];
    polynomial = shifted.map((c, j) => c - points[i]! * (polynomial[j] ?? 0));
    polynomial[0]! += differences[i]!;
  }
  return polynomial;
};

const probes = 40;

const error = (
  f: (x: number) => number,
  coefficients: readonly number[],
  from: number,
  to: number,
): number => {
  let largest = 0;
  for (let i = 0; i <= probes; i++) {
    const x = from + ((to - from) * i) / probes;
    largest = Math.max(largest, Math.abs(evaluate(coefficients, x) - f(x)));
  }
  return largest;
};

export const evaluate = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, c) => sum * x + c, 0);
