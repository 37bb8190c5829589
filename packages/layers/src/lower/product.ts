import type { Bilinear } from '@triad/ring';
import { broadcastOf } from '../interpret/arithmetic.js';
import type { NdArray } from '../nd-array.js';
import { type BoundShape, countElements } from '../shape.js';
import type { Emitter } from './emitter.js';
import { fractionBits, integerExtra } from './instruction.js';
import { broadcast, combine, scaled } from './linear.js';
import { withPublic } from './maps.js';
import { isWhole, type Value } from './value.js';

/** A product of two values. Public factors of either move into the result, where they cost nothing. */
export const product = (
  emitter: Emitter,
  map: Bilinear,
  shape: BoundShape,
  [a, b]: readonly [Value, Value],
): Value => {
  const parts = distributed(emitter, map, shape, [a, b]) ?? distributed(emitter, map, shape, [b, a]);
  if (parts !== undefined) return parts;
  const [x, y] = [emitter.settle(a), emitter.settle(b)];
  const [left, right] = [x.terms[0], y.terms[0]];
  if (left?.kind !== 'register')
    return publicly(emitter, map, shape, { value: y, open: openOf(x), side: 'x' });
  if (right?.kind !== 'register')
    return publicly(emitter, map, shape, { value: x, open: openOf(y), side: 'y' });
  const term = {
    map,
    x: left.register,
    y: right.register,
    elements: countElements(shape),
    after: [],
    extra: left.extra + right.extra,
    factor: left.factor * right.factor,
    shape,
  };
  return { shape, terms: [{ kind: 'product', ...term }] };
};

/** (b + c) y as b y + c y, for integers b and one public number c: b y needs no truncation. */
const distributed = (
  emitter: Emitter,
  map: Bilinear,
  shape: BoundShape,
  [x, y]: readonly [Value, Value],
): Value | undefined => {
  const [c, ...rest] = x.open?.data ?? [];
  const bits = x.terms.length > 0 && x.terms.every((term) => term.extra === integerExtra);
  if (map.name !== 'mul' || !bits || c === undefined || rest.some((v) => v !== c)) return undefined;
  const settled = emitter.settle(y);
  const byBits = product(emitter, map, shape, [{ shape: x.shape, terms: x.terms }, settled]);
  return combine(shape, byBits, broadcast(scaled(settled, c), shape), 1);
};

/** A settled value without terms is public, in its whole shape. */
const openOf = ({ open, shape }: Value): NdArray => broadcastOf(open!, shape);

interface Half {
  /** Settled, secret. */
  readonly value: Value;
  readonly open: NdArray;
  readonly side: 'x' | 'y';
}

/** With one public argument a product is a local linear map; times the same number everywhere, it is a scale. */
const publicly = (emitter: Emitter, map: Bilinear, shape: BoundShape, { value, open, side }: Half): Value => {
  const [first] = open.data;
  if (map.name === 'mul' && open.data.every((v) => v === first))
    return broadcast(scaled(value, first!), shape);
  const term = value.terms[0]!;
  if (term.kind !== 'register') return value;
  const inputs = [term.register];
  const bits = isWhole(open) ? 0 : fractionBits;
  const register = emitter.emit(
    { op: 'linear', map: withPublic(map, { value: open, bits, side }), inputs },
    shape,
  );
  return { shape, terms: [{ ...term, register, extra: term.extra + bits, shape }] };
};
