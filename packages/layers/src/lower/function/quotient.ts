import { bilinear } from '@triad/ring';
import type { Attributes } from '../../node/node.js';
import { type BoundShape, countElements } from '../../shape.js';
import type { Emitter } from '../emitter.js';
import type { Value } from '../value.js';
import { type Cubics, evaluateCubics, fitCubics } from './cubic.js';
import { cuts, type Fit } from './fit.js';

interface Reciprocals {
  /** 2^e / y where 2^(e - 1) <= y < 2^e. */
  readonly cubics: Cubics;
  /** Per piece 2^-e. */
  readonly scales: readonly number[];
  readonly scaleBits: number;
}

/** The octaves of [low, high]. */
const fitReciprocals = (low: number, high: number): Reciprocals => {
  const fits: Fit[] = [];
  for (let e = Math.floor(Math.log2(low)) + 1; 2 ** (e - 1) < high; e++) {
    const range = { low: Math.max(low, 2 ** (e - 1)), high: Math.min(high, 2 ** e) };
    fits.push({ ...range, f: (y) => 2 ** e / y, degree: 3, tolerance: () => 2 ** -18 });
  }
  const scales = fits.flatMap((fit) =>
    cuts(fit)
      .slice(1)
      .map(() => 1 / fit.f(1)),
  );
  return { cubics: fitCubics(fits, false), scales, scaleBits: Math.max(0, Math.ceil(Math.log2(high))) };
};

const known = new Map<string, Reciprocals>();

const reciprocals = ({ low, high }: Attributes['divide']): Reciprocals => {
  const key = `${low} ${high}`;
  const fitted = known.get(key) ?? fitReciprocals(low, high);
  known.set(key, fitted);
  return fitted;
};

/**
 * x / y as (x 2^-e) (2^e / y), e by the size of y: as exact for large quotients as for small ones. 13 rounds, or 11 when y
 * has one octave.
 */
export const quotient = (
  emitter: Emitter,
  range: Attributes['divide'],
  shape: BoundShape,
  [x, y]: readonly [Value, Value],
): Value => {
  const { cubics, scales, scaleBits } = reciprocals(range);
  const { register, selected } = evaluateCubics(emitter, emitter.materialise(y), cubics, [
    { values: scales, bits: scaleBits },
  ]);
  const [elements, map, after] = [countElements(shape), bilinear.mul(), []];
  const scaled = emitter.emit(
    { op: 'product', map, x: emitter.materialise(x), y: selected[0]!, elements, after, bits: scaleBits },
    shape,
  );
  const product = {
    kind: 'product',
    map,
    x: scaled,
    y: register,
    elements,
    after,
    extra: 0,
    factor: 1,
    shape,
  } as const;
  return { shape, terms: [product] };
};
