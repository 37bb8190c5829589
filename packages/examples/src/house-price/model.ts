import { data, layers, optimizer, type Program, program, reveal, type Variable } from '@triad/layers';
import { columns } from './houses.js';

/** Who takes part beside the three computing parties: two owners of data, and the one who gets results. */
export const outside = ['city', 'agency', 'analyst'] as const;
const resultParty = 'analyst';

export const learningRate = 0.1;
export const parameters = ['price.w_0', 'price.b_0'] as const;

const predicted = (): Variable => {
  const city = data({ name: 'city', shape: [null, columns.city.length] });
  const agency = data({ name: 'agency', shape: [null, columns.agency.length] });
  return layers.fc({ input: layers.concat([city, agency], 1), size: 1, name: 'price' });
};

const actual = (): Variable => data({ name: 'price', shape: [null, 1] });

/**
 * The sum over `count` rows, divided by the next power of two: exact in fixed point, and no sum of squared errors
 * overflows. `meanOf` makes it a mean.
 */
const scaledSum = (x: Variable, count: number): Variable => layers.scale(layers.sum(x), 1 / capacity(count));
export const meanOf = (sum: number, count: number): number => (sum * capacity(count)) / count;
const capacity = (count: number): number => 2 ** Math.ceil(Math.log2(count));

const square = (x: Variable): Variable => layers.mul(x, x);

/** One step of gradient descent; nothing is revealed. */
export const training = program(() => {
  const loss = layers.mean(layers.squareErrorCost({ input: predicted(), label: actual() }));
  new optimizer.SGD({ learningRate }).minimize(loss);
});

/** The squared error over all of `count` rows. */
export const evaluation = (count: number): Program =>
  program(() => {
    const cost = layers.squareErrorCost({ input: predicted(), label: actual() });
    reveal(scaledSum(cost, count), resultParty, 'loss');
  });

/** Predictions for `count` rows, and how good they are, without their prices. */
export const scoring = (count: number): Program =>
  program(() => {
    const prediction = predicted();
    const price = actual();
    reveal(prediction, resultParty, 'predictions');
    const cost = layers.squareErrorCost({ input: prediction, label: price });
    reveal(scaledSum(cost, count), resultParty, 'error');
    const deviation = layers.sub(price, layers.mean(price));
    reveal(scaledSum(square(deviation), count), resultParty, 'variance');
  });
