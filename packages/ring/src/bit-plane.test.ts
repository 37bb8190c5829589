import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBitPlanes, planeWords, toBitPlanes } from './bit-plane.js';
import { xor } from './elementwise.js';
import { filled, shape, word } from './fixture/arbitrary.js';
import { code, owned } from './fixture/owned.js';
import { read } from './fixture/reference.js';
import { Tensor } from './tensor.js';

const words = fc.array(word, { maxLength: 200 });

test('bit i of word w in plane j is bit j of element 64 w + i', () => {
  fc.assert(
    fc.property(words, (v) =>
      owned((own) => {
        const planes = own(toBitPlanes(own(Tensor.from([v.length], v))));
        expect(planes.shape).toEqual([64, planeWords(v.length)]);
        const expected = Array.from({ length: 64 }, (_, plane) =>
          Array.from({ length: planeWords(v.length) }, (_, w) => {
            const lanes = v.slice(64 * w, 64 * w + 64).map((x) => (x >> BigInt(plane)) & 1n);
            return BigInt.asIntN(
              64,
              lanes.reduce((sum, bit, i) => sum + (bit << BigInt(i)), 0n),
            );
          }),
        ).flat();
        expect(planes.toBigInts()).toEqual(expected);
      }),
    ),
    { numRuns: 40 },
  );
});

test('there and back, for any shape', () => {
  fc.assert(
    fc.property(shape(3, 9), fc.nat(100), (s, seed) =>
      owned((own) => {
        const x = own(filled(s, seed));
        expect(read(own(fromBitPlanes(own(toBitPlanes(x)), s)))).toEqual(read(x));
      }),
    ),
  );
});

test('lanes past the last element do not matter on the way back', () => {
  owned((own) => {
    const x = own(filled([70], 1));
    const planes = own(toBitPlanes(x));
    const ones = own(
      Tensor.from(
        [64, 2],
        Array.from({ length: 128 }, (_, i) => (i % 2 ? -64n : 0n)),
      ),
    );
    expect(read(own(fromBitPlanes(own(xor(planes, ones)), [70])))).toEqual(read(x));
  });
});

test('planes of another size are refused', () => {
  owned((own) => {
    const planes = own(Tensor.zeros([64, 2]));
    expect(() => fromBitPlanes(planes, [64])).toThrow(code('shape'));
    expect(() => fromBitPlanes(planes, [129])).toThrow(code('shape'));
    const flat = own(planes.reshape([128]));
    expect(() => fromBitPlanes(flat, [65])).toThrow(code('shape'));
  });
});
