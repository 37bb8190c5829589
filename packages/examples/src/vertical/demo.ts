import { fileURLToPath } from 'node:url';
import type { Demo } from '@triad/cli';
import { demo as houses } from '../house-price/demo.js';
import type { Outcome } from '../house-price/party.js';
import { report } from '../house-price/report.js';
import { joined, known } from './districts.js';

/** For `triad demo vertical`. */
export const demo: Demo = {
  ...houses,
  title: `House prices of Boston, in two files that do not match: the city knows ${known.city.length} districts, the agency ${known.agency.length} and their prices,
each in an order of its own. They find their common districts without showing the others. Three computing parties train
on shares of both owners' columns, and the analyst alone learns the result.`,
  program: fileURLToPath(import.meta.resolve('@triad/examples/vertical/program')),
  report: (outcome, options) => {
    const houses = joined();
    const common = houses.train.price.shape[0]! + houses.heldOut.price.shape[0]!;
    const { text, record, ...rest } = report(outcome as Outcome, options, houses);
    const found = `${common} districts are known to both owners; ${houses.train.price.shape[0]} of them train, the others are held out.`;
    return { ...rest, text: `${found}\n\n${text}`, record: { common, ...record } };
  },
};
