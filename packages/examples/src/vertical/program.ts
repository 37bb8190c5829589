import { job } from '@triad/cli';
import { outside } from '../house-price/model.js';
import { takePart } from '../house-price/take-part.js';
import { readTraining } from '../house-price/training.js';
import { match, owners } from './match.js';
import { shareMatched } from './share.js';

/** The file every party runs: `triad run program.js --role city ... -- --epochs 20 --batch 10`. */
const here = job({ outside });
const options = readTraining(here.args);

const found = await here.among(owners, match);
if (found?.rows !== undefined) {
  const [common, keys] = [found.rows.length, found.size];
  here.emit({ common, keys }, `${common} of ${keys} districts are known to both owners`);
}

await takePart(here, { options, share: (exe) => shareMatched(exe, found), file: 'vertical.json' });
