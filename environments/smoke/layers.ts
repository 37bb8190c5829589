import { data, Executor, init, layers, optimizer, program, reveal, type Variable } from '@triad/layers';
import { local, plain } from '@triad/protocol';

const regression = () => {
  let loss: Variable | undefined;
  const main = program(() => {
    const x = data({ name: 'x', shape: [null, 2] });
    const y = data({ name: 'y', shape: [null, 1] });
    const cost = layers.squareErrorCost({ input: layers.fc({ input: x, size: 1 }), label: y });
    loss = reveal(layers.mean(cost));
    new optimizer.SGD({ learningRate: 0.1 }).minimize(layers.mean(cost));
  });
  if (loss === undefined) throw new Error('the program has no loss');
  return { main, loss };
};

const main = async (): Promise<void> => {
  const { main: training, loss } = regression();
  const { channels } = local(3);
  const party = async (role: number): Promise<number[]> => {
    const environment = init(plain(3), role, { join: async () => channels[role]! });
    const executor = new Executor({ environment, program: training });
    const feed = await executor.share({
      x: {
        owner: 0,
        shape: [2, 2],
        values: [
          [1, 0],
          [0, 1],
        ],
      },
      y: { owner: 1, shape: [2, 1], values: [[2], [-1]] },
    });
    const losses: number[] = [];
    for (let step = 0; step < 20; step++) {
      const [value] = await executor.run({ feed, fetchList: [loss] });
      losses.push(value!.item());
    }
    await environment.close();
    return losses;
  };
  const [losses, ...others] = await Promise.all([party(0), party(1), party(2)]);
  if (!(losses[19]! < losses[0]! / 2))
    throw new Error(`training does not lower the loss: ${losses.join(' ')}`);
  if (others.some((other) => other.join() !== losses.join()))
    throw new Error('the parties see different losses');
  console.log('@triad/layers works');
};

void main();
