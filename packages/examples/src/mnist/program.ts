import { parseArgs } from 'node:util';
import { aby3 } from '@triad/aby3';
import { job } from '@triad/cli';
import { Executor, init } from '@triad/layers';
import { count, modelName } from './argument.js';
import { models, outside } from './model.js';
import { stepCount, train } from './party.js';

/** The file every party runs: `triad run program.js --role 0 ... -- --model mlp --epochs 5 --batch 128`. */
const { role, network, args, emit, save, traffic } = job({ outside });
const { values } = parseArgs({
  args: [...args],
  options: {
    model: { type: 'string', default: 'mlp' },
    epochs: { type: 'string', default: '5' },
    batch: { type: 'string', default: '128' },
    rows: { type: 'string', default: '8000' },
  },
});
const name = modelName(values.model);
const options = {
  epochs: count('epochs', values.epochs),
  batch: count('batch', values.batch),
  rows: count('rows', values.rows),
};

const exe = new Executor({
  environment: init(aby3(), role, network),
  program: models[name].training(stepCount(options)),
});
const outcome = await train(exe, models[name], options, (epoch, loss) =>
  emit({ epoch, epochs: options.epochs, loss }, `epoch ${epoch}/${options.epochs}  loss ${loss.toFixed(4)}`),
);
await exe.close();

const { sent } = traffic();
emit({ sent }, `sent ${sent.bytes} bytes in ${sent.messages} messages`);
if (outcome !== undefined) {
  const { right, heldOut } = outcome;
  emit({ outcome }, `right on held-out rows: ${right} of ${heldOut}`);
  await save(`mnist-${name}.json`, `${JSON.stringify(outcome)}\n`);
}
