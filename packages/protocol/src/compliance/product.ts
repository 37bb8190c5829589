import { type Bilinear, bilinear, type Shape } from '@triad/ring';
import { checkWords, type Property } from './check.js';
import { value } from './sample.js';
import { compute, plaintext, type Subject } from './subject.js';

interface Case {
  readonly map: Bilinear;
  readonly x: Shape;
  readonly y: Shape;
}

const cases: readonly Case[] = [
  { map: bilinear.mul(), x: [3, 4], y: [3, 4] },
  { map: bilinear.mul(), x: [3, 1], y: [4] },
  { map: bilinear.mul(), x: [], y: [2, 3] },
  { map: bilinear.dot(), x: [2, 5], y: [2, 5] },
  { map: bilinear.matmul(), x: [3, 5], y: [5, 2] },
  { map: bilinear.matmul({ transposeX: true }), x: [5, 3], y: [5, 2] },
  { map: bilinear.matmul({ transposeY: true }), x: [3, 5], y: [2, 5] },
  { map: bilinear.matmul({ transposeX: true, transposeY: true }), x: [5, 3], y: [2, 5] },
  { map: bilinear.matmul(), x: [2, 3, 4], y: [4, 2] },
  { map: bilinear.conv2d(), x: [2, 2, 4, 4], y: [3, 2, 3, 3] },
  { map: bilinear.conv2d({ stride: 2, padding: 1, groups: 2 }), x: [1, 2, 5, 5], y: [4, 1, 3, 3] },
];

/** A map and its two gradients, which protocols meet as maps of their own. */
const withAdjoints = ({ map, x, y }: Case): Case[] => {
  const z = map.shape(x, y);
  return [
    { map, x, y },
    { map: map.adjointX(x, y), x: z, y },
    { map: map.adjointY(x, y), x, y: z },
  ];
};

const property = <S>(subject: Subject<S>, { map, x, y }: Case): Property => {
  const { transposeX = false, transposeY = false } = map.attributes;
  const flags = `${transposeX ? ', x transposed' : ''}${transposeY ? ', y transposed' : ''}`;
  const name = `${map.name} of [${x}] and [${y}]${flags}`;
  return {
    name,
    check: async () => {
      const inputs = [value(x, 80), value(y, 81)];
      const out = await compute(subject, inputs, ({ protocol, session }, [a, b]) =>
        protocol.bilinear(session.op('product'), map, a!, b!),
      );
      checkWords(name, out.words, plaintext((a, b) => map.apply(a, b), ...inputs).words);
    },
  };
};

export const products = <S>(subject: Subject<S>): Property[] =>
  cases.flatMap(withAdjoints).map((each) => property(subject, each));
