/** House prices for `triad node`: the city has ten columns, the agency three and the price; the analyst gets the model and predictions. */
import { data, layers, optimizer, parameter, program, reveal, type Variable } from '@triad/layers';
import { type Work, work } from '@triad/node';

const columns = () => ({
  city: data({ name: 'city', shape: [null, 10] }),
  agency: data({ name: 'agency', shape: [null, 3] }),
});

const predictionOf = ({ city, agency }: ReturnType<typeof columns>): Variable => {
  const ofCity = layers.matmul(city, parameter({ name: 'city.weights', shape: [10, 1] }));
  const ofAgency = layers.matmul(agency, parameter({ name: 'agency.weights', shape: [3, 1] }));
  return layers.add(layers.add(ofCity, ofAgency), parameter({ name: 'bias', shape: [1] }));
};

const train = program(() => {
  const label = data({ name: 'price', shape: [null, 1] });
  const cost = layers.mean(layers.squareErrorCost({ input: predictionOf(columns()), label }));
  new optimizer.SGD({ learningRate: 0.05 }).minimize(cost);
});

const predict = program(() => {
  reveal(predictionOf(columns()), 'analyst', 'predictions');
});

/** So many passes over the houses, then predictions for new ones. */
export const houseWork = (epochs: number): Work =>
  work({
    programs: { train, predict },
    inputs: {
      city: 'city/houses',
      agency: 'agency/houses',
      price: 'agency/prices',
      newCity: 'city/new',
      newAgency: 'agency/new',
    },
    stages: [
      { program: 'train', feed: { city: 'city', agency: 'agency', price: 'price' }, batch: 32, epochs },
      { program: 'predict', feed: { city: 'newCity', agency: 'newAgency' }, reveal: ['predictions'] },
      { parameter: 'city.weights', to: 'analyst' },
      { parameter: 'agency.weights', to: 'analyst' },
      { parameter: 'bias', to: 'analyst' },
    ],
  });

export default houseWork(20);
