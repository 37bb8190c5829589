import { aby3 } from '@triad/aby3';
import { job } from '@triad/cli';
import { Executor, init } from '@triad/layers';
import { outside, training } from '../house-price/model.js';
import { train } from '../house-price/party.js';
import { readTraining } from '../house-price/training.js';
import { match, owners } from './match.js';
import { shareMatched } from './share.js';

/** The file every party runs: `triad run program.js --role city ... -- --epochs 20 --batch 10`. */
const { role, network, args, among, emit, save, traffic } = job({ outside });
const options = readTraining(args);

const found = await among(owners, match);
if (found?.rows !== undefined) {
  const [common, keys] = [found.rows.length, found.size];
  emit({ common, keys }, `${common} of ${keys} districts are known to both owners`);
}

const environment = init(aby3(), role, network);
const exe = new Executor({ environment, program: training });
const outcome = await train(exe, await shareMatched(exe, found), options, (epoch, loss) =>
  emit({ epoch, epochs: options.epochs, loss }, `epoch ${epoch}/${options.epochs}  loss ${loss.toFixed(3)}`),
);
await exe.close();

const { sent } = traffic();
emit({ sent }, `sent ${sent.bytes} bytes in ${sent.messages} messages`);
if (outcome !== undefined) {
  emit({ outcome }, `R2 on the held-out rows: ${outcome.r2.toFixed(4)}`);
  await save('vertical.json', `${JSON.stringify(outcome, null, 2)}\n`);
}
