import { aby3 } from '@triad/aby3';
import { compare, outside, shareAll, train } from '@triad/examples';
import { Executor, init } from '@triad/layers';
import { inMemory } from '@triad/net';

const main = async () => {
  const network = inMemory({ outside });
  const options = { epochs: 1, batch: 101 };
  const outcomes = await Promise.all(
    [0, 1, 2, ...outside].map(async (role) => {
      const exe = new Executor({ environment: init(aby3(), role, network) });
      const outcome = await train(exe, await shareAll(exe), options, () => {});
      await exe.close();
      return outcome;
    }),
  );
  const known = outcomes.filter((outcome) => outcome !== undefined);
  if (known.length !== 1 || outcomes[5] === undefined)
    throw new Error('only the analyst may learn the outcome');
  if (!compare(outcomes[5], options).ok) throw new Error('the training does not follow its float twin');
  console.log('@triad/examples works');
};

void main();
