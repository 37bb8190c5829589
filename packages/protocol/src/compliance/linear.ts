import { type Linear, linear, type Shape } from '@triad/ring';
import { checkWords, type Property } from './check.js';
import { extremes, tensor, value } from './sample.js';
import { compute, plaintext, type Subject } from './subject.js';

const maps: readonly (readonly [Linear, ...Shape[]])[] = [
  [linear.add(), [2, 3], [2, 3]],
  [linear.add(), [2, 1], [3]],
  [linear.sub(), [2, 3], []],
  [linear.neg(), [4]],
  [linear.scale(-3n), [4]],
  [linear.scale(2n ** 63n - 1n), [4]],
  [linear.sum(), [2, 3]],
  [linear.sum([0], true), [2, 3]],
  [linear.reshape([6]), [2, 3]],
  [linear.transpose(), [2, 3]],
  [linear.transpose([1, 0, 2]), [2, 3, 2]],
  [linear.slice([0, 1], [2, 3]), [2, 3]],
  [linear.concat(1), [2, 3], [2, 1], [2, 2]],
  [linear.pad([1, 0], [0, 2]), [2, 3]],
  [linear.broadcastTo([4, 2, 3]), [2, 1]],
  [linear.im2col(2, { stride: 1 }), [1, 2, 3, 3]],
  [linear.col2im([1, 2, 3, 3], 2, { stride: 1 }), [1, 8, 4]],
];

const describeMap = ([f, ...shapes]: readonly [Linear, ...Shape[]]): string =>
  `${f.name} of ${shapes.map((shape) => `[${shape}]`).join(', ')}`;

export const linearity = <S>(subject: Subject<S>): Property[] => [
  ...maps.map((map) => ({
    name: describeMap(map),
    check: async () => {
      const [f, ...shapes] = map;
      const inputs = shapes.map((shape, i) => value(shape, 60 + i));
      const out = await compute(subject, inputs, ({ protocol }, xs) => protocol.linear(f, ...xs));
      checkWords(describeMap(map), out.words, plaintext((...xs) => f.apply(...xs), ...inputs).words);
    },
  })),
  { name: 'constant() shares a public value', check: () => constant(subject) },
  { name: 'addPublic() adds a public value, broadcasting', check: () => addPublic(subject) },
];

const constant = async <S>(subject: Subject<S>): Promise<void> => {
  const out = await compute(subject, [], ({ protocol }) => {
    const c = tensor(extremes);
    const share = protocol.constant(c);
    c.dispose();
    return share;
  });
  checkWords('constant()', out.words, extremes.words);
};

const addPublic = async <S>(subject: Subject<S>): Promise<void> => {
  for (const shape of [[2, 3], [3], []]) {
    const added = value(shape, 70);
    const out = await compute(subject, [extremes], ({ protocol }, [x]) => {
      const c = tensor(added);
      const share = protocol.addPublic(x!, c);
      c.dispose();
      return share;
    });
    const expected = plaintext((x, c) => linear.add().apply(x, c), extremes, added);
    checkWords(`addPublic() of shape [${shape}]`, out.words, expected.words);
  }
};
