import { data, layers, optimizer, type Program, program, reveal, type Variable } from '@triad/layers';

/** Rows of every step. */
export const batch = 128;

/** Logistic regression on 784 features: the exact sigmoid, gradient descent, the loss not revealed. */
export const logisticRegression = (): Program =>
  program(() => {
    const x = data({ name: 'x', shape: [null, 784] });
    const y = data({ name: 'y', shape: [null, 1] });
    const logits = layers.fc({ input: x, size: 1, name: 'fc' });
    const loss = layers.mean(layers.sigmoidCrossEntropyWithLogits({ input: logits, label: y }));
    reveal(loss, 'all', 'loss');
    new optimizer.SGD({ learningRate: 0.1 }).minimize(loss);
  });

const classify = (shape: readonly number[], logitsOf: (x: Variable) => Variable): Program =>
  program(() => {
    const x = data({ name: 'x', shape: [null, ...shape] });
    const y = data({ name: 'y', shape: [null, 10] });
    const loss = layers.mean(layers.softmaxCrossEntropyWithLogits({ input: logitsOf(x), label: y }));
    reveal(loss, 'all', 'loss');
    new optimizer.Momentum({ learningRate: 0.05, momentum: 0.9 }).minimize(loss);
  });

/** 784-128-128-10. */
export const perceptron = (): Program =>
  classify([784], (x) => {
    const first = layers.fc({ input: x, size: 128, act: 'relu', name: 'fc1' });
    const second = layers.fc({ input: first, size: 128, act: 'relu', name: 'fc2' });
    return layers.fc({ input: second, size: 10, name: 'fc3' });
  });

/** The LeNet of Keller and Sun (ICML 2022): two convolutions 5x5 of 20 and 50 filters, pooled by maxima, then 500 and 10. */
export const leNet = (): Program =>
  classify([1, 28, 28], (x) => {
    const pooled = (input: Variable, numFilters: number, name: string) => {
      const filtered = layers.conv2d({ input, numFilters, filterSize: 5, act: 'relu', name });
      return layers.pool2d({ input: filtered, poolSize: 2, poolStride: 2 });
    };
    const images = pooled(pooled(x, 20, 'conv1'), 50, 'conv2');
    const hidden = layers.fc({ input: images, size: 500, act: 'relu', name: 'fc1' });
    return layers.fc({ input: hidden, size: 10, name: 'fc2' });
  });
