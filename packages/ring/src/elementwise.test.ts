import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  and,
  mul,
  mulAdd,
  neg,
  not,
  or,
  scale,
  shiftLeft,
  shiftRight,
  shiftRightArithmetic,
  sub,
  xor,
} from './elementwise.js';
import { broadcastPair, shape, values, word } from './fixture/arbitrary.js';
import { code, owned } from './fixture/owned.js';
import { binary, broadcastShape, read, unary } from './fixture/reference.js';
import { Tensor } from './tensor.js';

const unsigned = (x: bigint): bigint => BigInt.asUintN(64, x);

const binaries = [
  ['add', add, (a: bigint, b: bigint) => a + b],
  ['sub', sub, (a: bigint, b: bigint) => a - b],
  ['mul', mul, (a: bigint, b: bigint) => a * b],
  ['and', and, (a: bigint, b: bigint) => a & b],
  ['or', or, (a: bigint, b: bigint) => a | b],
  ['xor', xor, (a: bigint, b: bigint) => a ^ b],
] as const;

const shifts = [
  ['shiftLeft', shiftLeft, (a: bigint, bits: bigint) => a << bits],
  ['shiftRight', shiftRight, (a: bigint, bits: bigint) => unsigned(a) >> bits],
  ['shiftRightArithmetic', shiftRightArithmetic, (a: bigint, bits: bigint) => a >> bits],
] as const;

const operands = broadcastPair.chain(([x, y]) =>
  fc.tuple(fc.constant(x), values(x), fc.constant(y), values(y)),
);
const filled = shape().chain((s) => fc.tuple(fc.constant(s), values(s)));

describe.each(binaries)('%s', (_, op, f) => {
  test('equals the reference, operands broadcast', () => {
    fc.assert(
      fc.property(operands, ([xs, xv, ys, yv]) =>
        owned((own) => {
          const [x, y] = [own(Tensor.from(xs, xv)), own(Tensor.from(ys, yv))];
          const expected = binary(read(x), read(y), f);
          expect(read(own(op(x, y)))).toEqual(expected);
          expect([x.toBigInts(), y.toBigInts()]).toEqual([xv, yv]);
          const into = own(Tensor.zeros(expected.shape));
          expect(op(x, y, into)).toBe(into);
          expect(read(into)).toEqual(expected);
        }),
      ),
    );
  });

  test('writes into an operand of the shape of the result', () => {
    fc.assert(
      fc.property(operands, ([xs, xv, ys, yv]) =>
        owned((own) => {
          const [x, y] = [own(Tensor.from(xs, xv)), own(Tensor.from(ys, yv))];
          const expected = binary(read(x), read(y), f);
          const into = String(xs) === String(expected.shape) ? x : y;
          fc.pre(
            String(into.shape) === String(expected.shape) && into.shape.length === expected.shape.length,
          );
          expect(read(op(x, y, into))).toEqual(expected);
        }),
      ),
    );
  });

  test('takes one tensor twice', () => {
    fc.assert(
      fc.property(filled, ([s, v]) =>
        owned((own) => {
          const x = own(Tensor.from(s, v));
          const expected = unary(read(x), (a) => f(a, a));
          expect(read(op(x, x, x))).toEqual(expected);
        }),
      ),
    );
  });
});

test('mulAdd adds a product that broadcasts to the shape of the sum', () => {
  fc.assert(
    fc.property(operands, ([xs, xv, ys, yv]) =>
      owned((own) => {
        const [x, y] = [own(Tensor.from(xs, xv)), own(Tensor.from(ys, yv))];
        const sum = own(sub(x, y));
        const expected = binary(
          read(sum),
          binary(read(x), read(y), (a, b) => a * b),
          (a, b) => a + b,
        );
        mulAdd(x, y, sum);
        expect(read(sum)).toEqual(expected);
      }),
    ),
  );
});

test.each([
  ['neg', neg, (a: bigint) => -a],
  ['not', not, (a: bigint) => ~a],
] as const)('%s equals the reference', (_, op, f) => {
  fc.assert(
    fc.property(filled, ([s, v]) =>
      owned((own) => {
        const x = own(Tensor.from(s, v));
        const expected = unary(read(x), f);
        expect(read(own(op(x)))).toEqual(expected);
        expect(read(op(x, x))).toEqual(expected);
      }),
    ),
  );
});

test('scale takes its factor modulo 2^64', () => {
  fc.assert(
    fc.property(filled, word, fc.bigInt({ min: -3n, max: 3n }), ([s, v], k, wraps) =>
      owned((own) => {
        const x = own(Tensor.from(s, v));
        const expected = unary(read(x), (a) => a * k);
        expect(read(own(scale(x, k + (wraps << 64n))))).toEqual(expected);
      }),
    ),
  );
});

describe.each(shifts)('%s', (_, op, f) => {
  test('equals the reference for every distance', () => {
    fc.assert(
      fc.property(filled, ([s, v]) =>
        owned((own) => {
          const x = own(Tensor.from(s, v));
          for (let bits = 0; bits < 64; bits++) {
            expect(read(own(op(x, bits)))).toEqual(unary(read(x), (a) => f(a, BigInt(bits))));
          }
        }),
      ),
      { numRuns: 20 },
    );
  });

  test.each([-1, 64, 0.5, Number.NaN])('refuses %d bits', (bits) => {
    owned((own) => {
      const x = own(Tensor.zeros([2]));
      expect(() => op(x, bits)).toThrow(code('bad-argument'));
    });
  });
});

test('operands that do not broadcast are refused, by both shapes', () => {
  fc.assert(
    fc.property(shape(3, 3), shape(3, 3), (xs, ys) =>
      owned((own) => {
        const rank = Math.min(xs.length, ys.length);
        const tail = (s: number[]) => (rank === 0 ? [] : s.slice(-rank));
        fc.pre(tail(xs).some((n, i) => n !== tail(ys)[i] && n !== 1 && tail(ys)[i] !== 1));
        const [x, y] = [own(Tensor.zeros(xs)), own(Tensor.zeros(ys))];
        expect(() => add(x, y)).toThrow(`[${xs.join(', ')}] and [${ys.join(', ')}]`);
        expect(() => add(x, y)).toThrow(code('shape'));
      }),
    ),
  );
});

test('a target of another shape is refused and stays as it was', () => {
  owned((own) => {
    const x = own(Tensor.from([2, 3], [1, 2, 3, 4, 5, 6]));
    const row = own(Tensor.from([3], [1, 2, 3]));
    expect(broadcastShape(x.shape, row.shape)).toEqual([2, 3]);
    expect(() => add(x, row, row)).toThrow(code('shape'));
    expect(() => neg(x, row)).toThrow(code('shape'));
    expect(() => mulAdd(x, row, row)).toThrow(code('shape'));
    expect(row.toBigInts()).toEqual([1n, 2n, 3n]);
  });
});
