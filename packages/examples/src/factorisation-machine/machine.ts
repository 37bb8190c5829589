import {
  data,
  layers,
  NdArray,
  optimizer,
  parameter,
  program,
  reveal,
  uniformInitializer,
  type Variable,
} from '@triad/layers';

/**
 * A factorisation machine of second order (Rendle, ICDM 2010): y = b + sum w_i x_i + sum over pairs <v_i, v_j> x_i x_j, the
 * pairs as half of sum over factors of (sum v x)^2 - sum (v x)^2 (his lemma 3.1). On clicks that it makes: users, items and days,
 * one-hot, where a user of one taste clicks items of that taste.
 */
export const sizes = { users: 12, items: 16, days: 7 } as const;
export const width = sizes.users + sizes.items + sizes.days;
const factors = 4;
const outside = ['shop', 'analyst'] as const;

export { outside };

const score = (x: Variable): Variable => {
  const linear = layers.fc({ input: x, size: 1, name: 'linear' });
  const v = parameter({ name: 'factors', shape: [width, factors], initializer: uniformInitializer(0.3) });
  const sums = layers.matmul(x, v);
  const squares = layers.matmul(layers.mul(x, x), layers.mul(v, v));
  const pairs = layers.sum(layers.sub(layers.mul(sums, sums), squares), { axes: [1], keepDims: true });
  return layers.add(linear, layers.scale(pairs, 0.5));
};

export const training = program(() => {
  const x = data({ name: 'x', shape: [null, width] });
  const y = data({ name: 'y', shape: [null, 1] });
  const loss = layers.mean(layers.sigmoidCrossEntropyWithLogits({ input: score(x), label: y }));
  reveal(loss, 'analyst', 'loss');
  new optimizer.Momentum({ learningRate: 0.5, lossScale: 64 }).minimize(loss);
});

export const scoring = program(() => {
  reveal(layers.sigmoid(score(data({ name: 'x', shape: [null, width] }))), 'analyst', 'probability');
});

export interface Clicks {
  readonly x: NdArray;
  readonly y: NdArray;
}

/** Every day, every user sees one item after the other; days from `from` to `to`. */
export const clicks = (from: number, to: number): Clicks => {
  const rows: { readonly at: readonly number[]; readonly clicked: number }[] = [];
  for (let day = from; day < to; day++) {
    for (let user = 0; user < sizes.users; user++) {
      for (let item = day % 2; item < sizes.items; item += 2) {
        const fits = tasteOf(user) === tasteOf(item * 5 + 1);
        rows.push({
          at: [user, sizes.users + item, sizes.users + sizes.items + (day % sizes.days)],
          clicked: Number(fits),
        });
      }
    }
  }
  const x = new NdArray([rows.length, width]);
  for (const [i, { at }] of rows.entries()) for (const column of at) x.data[i * width + column] = 1;
  return {
    x,
    y: new NdArray(
      [rows.length, 1],
      Float64Array.from(rows, ({ clicked }) => clicked),
    ),
  };
};

/** Tastes that no single feature shows: half of the items please each user. */
const tasteOf = (n: number): number => (n * 7 + (n >> 2)) % 2;
