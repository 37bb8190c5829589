// The first program of Paddle Encrypted, on one linear layer. On each of three machines, with its own role:
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
const label = data({ name: 'label', shape: [null, 1] });

// define a secure training network
const prediction = layers.fc({ input: image, size: 1 });
const cost = layers.squareErrorCost({ input: prediction, label });
const loss = layers.mean(cost);
reveal(loss);

const sgd = new optimizer.SGD({ learningRate: 0.001 });
sgd.minimize(loss);

const exe = new Executor();

// party 0 makes up numbers to be shared, and training starts
const numbers = (rows: number, columns: number) =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => Math.sin(i * columns + j)),
  );
const { x, y } = await exe.share({
  x: { owner: 0, shape: [128, 784], values: () => numbers(128, 784) },
  y: { owner: 0, shape: [128, 1], values: () => numbers(128, 1) },
});
const [lossData] = await exe.run({ feed: { image: x, label: y }, fetchList: [loss.name] });
emit({ loss: lossData!.item() }, `loss ${lossData!.item()}`);
await exe.close();
