/** How a function is fitted between two points. */
export interface Fit {
  readonly f: (x: number) => number;
  readonly low: number;
  readonly high: number;
  /** Of the polynomials. */
  readonly degree: 3 | 4;
  /** Largest error where the function is y. */
  readonly tolerance: (y: number) => number;
  /** Of a piece; default: none. */
  readonly longest?: number;
}

/** Chebyshev nodes cos((2 k + 1) pi / (2 d + 2)) of degree d, by square roots: the same on every machine. */
const symmetric = (...positive: readonly number[]): number[] => [...positive.map((x) => -x), ...positive];
const nodes = {
  3: symmetric(Math.sqrt((2 + Math.SQRT2) / 4), Math.sqrt((2 - Math.SQRT2) / 4)),
  4: [0, ...symmetric(Math.sqrt((5 + Math.sqrt(5)) / 8), Math.sqrt((5 - Math.sqrt(5)) / 8))],
};

/** Where pieces begin and end: `low`, ..., `high`; each as long as the tolerance allows, from the left. */
export const cuts = (fit: Fit): number[] => {
  const out = [fit.low];
  for (let from = fit.low; from < fit.high; out.push(from)) from = reach(fit, from);
  return out;
};

/** Pieces end at multiples of this, which are exact in fixed point. */
const gridAt = (x: number): number => {
  const small = 2 ** (Math.floor(Math.log2(Math.abs(x))) - 5);
  return Math.max(2 ** -16, Math.min(2 ** -6, small));
};

/** The farthest grid point a piece can go to. */
const reach = (fit: Fit, from: number): number => {
  const grid = gridAt(from === 0 ? 1 : from);
  const { high, longest = high - from } = fit;
  const steps = Math.max(1, Math.round(Math.min(high - from, longest) / grid));
  let [good, bad] = [1, steps + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(fit, from, Math.min(high, from + middle * grid))) good = middle;
    else bad = middle;
  }
  return Math.min(high, from + good * grid);
};

const probes = 40;

const fits = ({ f, degree, tolerance }: Fit, from: number, to: number): boolean => {
  const middle = (from + to) / 2;
  const polynomial = interpolate((u) => f(middle + u), from - middle, to - middle, degree);
  for (let i = 0; i <= probes; i++) {
    const u = (to - from) * (i / probes - 0.5);
    const y = f(middle + u);
    if (Math.abs(evaluate(polynomial, u) - y) > tolerance(y)) return false;
  }
  return true;
};

/** Coefficients of the polynomial through f at the nodes of [from, to] (Newton's divided differences). */
export const interpolate = (
  f: (x: number) => number,
  from: number,
  to: number,
  degree: Fit['degree'],
): number[] => {
  const points = nodes[degree].map((node) => (from + to) / 2 + (node * (to - from)) / 2);
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

const evaluate = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, c) => sum * x + c, 0);
