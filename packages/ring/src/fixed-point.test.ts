import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, encode } from './fixed-point.js';
import { code, owned } from './fixture/owned.js';
import { Tensor } from './tensor.js';

/** x 2^f for a finite x, exactly, as a fraction of whole numbers. */
const scaled = (x: number, bits: number): readonly [bigint, bigint] => {
  let [numerator, exponent] = [x, bits];
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    exponent--;
  }
  return exponent >= 0
    ? [BigInt(numerator) << BigInt(exponent), 1n]
    : [BigInt(numerator), 1n << BigInt(-exponent)];
};

/** The nearest whole number, the even one of two. */
const rounded = ([numerator, denominator]: readonly [bigint, bigint]): bigint => {
  const twice = 2n * numerator + denominator;
  const up = twice / (2n * denominator) - (twice < 0n && twice % (2n * denominator) !== 0n ? 1n : 0n);
  return twice % (2n * denominator) === 0n && up % 2n !== 0n ? up - 1n : up;
};

const fractionBits = fc.integer({ min: 0, max: 62 });

describe('encode', () => {
  test('rounds to the nearest whole number, ties to the even one', () => {
    const example = fractionBits.chain((bits) => {
      const bound = 2 ** (63 - bits);
      const real = fc.double({ min: -bound, max: bound, minExcluded: true, maxExcluded: true, noNaN: true });
      const small = fc.integer({ min: -1000, max: 1000 }).map((n) => n * 2 ** (-bits - 2));
      const inRange = fc.oneof(real, small).filter((x) => Math.abs(x) < bound);
      return fc.tuple(fc.constant(bits), fc.array(inRange, { maxLength: 20 }));
    });
    fc.assert(
      fc.property(example, ([bits, values]) =>
        owned((own) => {
          const expected = values.map((x) => rounded(scaled(x, bits)));
          expect(own(encode(values, [values.length], bits)).toBigInts()).toEqual(expected);
          const floats = Float64Array.from(values);
          expect(own(encode(floats, [values.length], bits)).toBigInts()).toEqual(expected);
          expect([...floats]).toEqual(values);
        }),
      ),
    );
  });

  test('has ties on both sides of zero', () => {
    owned((own) => {
      const x = own(encode([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, -0], [7], 0));
      expect(x.toBigInts()).toEqual([0n, 2n, 2n, 0n, -2n, -2n, 0n]);
    });
  });

  const outside = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    2 ** 47,
    -(2 ** 47),
    1e300,
    Number.MAX_VALUE,
  ];

  test.each(outside)('refuses %d wherever it stands, by its index, and keeps no memory', (value) => {
    for (let length = 1; length < 6; length++) {
      for (let index = 0; index < length; index++) {
        const values = new Array<number>(length).fill(1).with(index, value);
        owned(() => {
          expect(() => encode(values, [length])).toThrow(
            expect.objectContaining({ name: 'RingError', code: 'range', index, value }),
          );
        });
      }
    }
  });

  test('names the first of several', () => {
    const values = [1, 2 ** 40, 2 ** 47, Number.NaN];
    expect(() => encode(values, [4])).toThrow(expect.objectContaining({ code: 'range', index: 2 }));
  });

  test('takes the largest numbers below the bound', () => {
    owned((own) => {
      const most = 2 ** 47 - 2 ** -6;
      expect(own(encode([most, -most], [2])).toBigInts()).toEqual([2n ** 63n - 1024n, -(2n ** 63n) + 1024n]);
    });
  });

  test('refuses another number of values than the shape has', () => {
    expect(() => encode([1, 2], [3])).toThrow(code('shape'));
  });
});

describe('decode', () => {
  test('inverts encode exactly on numbers of 53 bits', () => {
    const example = fractionBits.chain((bits) =>
      fc.tuple(fc.constant(bits), fc.array(fc.maxSafeInteger(), { maxLength: 20 })),
    );
    fc.assert(
      fc.property(example, ([bits, units]) =>
        owned((own) => {
          const values = units.map((n) => n * 2 ** -bits).filter((x) => Math.abs(x) < 2 ** (63 - bits));
          const x = own(encode(values, [values.length], bits));
          expect([...decode(x, bits)]).toEqual(values.map((value) => value + 0));
        }),
      ),
    );
  });

  test('gives the nearest float64 of any word', () => {
    const word = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(fc.array(word), fractionBits, (values, bits) =>
        owned((own) => {
          const x = own(Tensor.from([values.length], values));
          expect([...decode(x, bits)]).toEqual(values.map((value) => Number(value) * 2 ** -bits));
        }),
      ),
    );
  });

  test('takes 16 fraction bits by default', () => {
    owned((own) => {
      const x = own(encode([1], []));
      expect([x.toBigInts(), [...decode(x)]]).toEqual([[65536n], [1]]);
    });
  });
});

test.each([-1, 63, 1.5, Number.NaN])('%d fraction bits are refused', (bits) => {
  owned((own) => {
    const x = own(Tensor.zeros([1]));
    expect(() => encode([1], [1], bits)).toThrow(code('bad-argument'));
    expect(() => decode(x, bits)).toThrow(code('bad-argument'));
  });
});
