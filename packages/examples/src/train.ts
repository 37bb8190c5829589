// The first program of Paddle Encrypted: two layers and a softmax. On each of three machines, with its own role:
//
//     triad run train.ts --role 0 --job first --redis redis://host:6379
import { aby3 } from '@triad/aby3';
import { job } from '@triad/cli';
import { data, Executor, init, layers, optimizer, reveal } from '@triad/layers';

// read role from command line
const { role, network, emit } = job();

// init the MPC environment
init(aby3(), role, network);

// define encrypted variables
const image = data({ name: 'image', shape: [null, 784] });
const label = data({ name: 'label', shape: [null, 10] });

// define a secure training network
const hidden = layers.fc({ input: image, size: 100, act: 'relu' });
const prediction = layers.fc({ input: hidden, size: 10, act: 'softmax' });
const cost = layers.squareErrorCost({ input: prediction, label });
const loss = layers.mean(cost);
reveal(loss);

const sgd = new optimizer.SGD({ learningRate: 0.001 });
sgd.minimize(loss);

const exe = new Executor();

// party 0 makes up images and their one-hot labels to be shared, and training starts
const images = () =>
  Array.from({ length: 128 }, (_, i) => Array.from({ length: 784 }, (_, j) => Math.sin(i * 784 + j)));
const labels = () =>
  Array.from({ length: 128 }, (_, i) => Array.from({ length: 10 }, (_, j) => Number(i % 10 === j)));
const { x, y } = await exe.share({
  x: { owner: 0, shape: [128, 784], values: images },
  y: { owner: 0, shape: [128, 10], values: labels },
});
const [lossData] = await exe.run({ feed: { image: x, label: y }, fetchList: [loss.name] });
emit({ loss: lossData!.item() }, `loss ${lossData!.item()}`);
await exe.close();
