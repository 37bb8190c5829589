import { job } from '@triad/cli';
import { outside } from './model.js';
import { shareAll } from './party.js';
import { takePart } from './take-part.js';
import { readTraining } from './training.js';

/** The file every party runs: `triad run program.js --role 0 ... -- --epochs 20 --batch 10`. */
const here = job({ outside });
await takePart(here, { options: readTraining(here.args), share: shareAll, file: 'house-price.json' });
