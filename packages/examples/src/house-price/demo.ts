import { fileURLToPath } from 'node:url';
import type { Demo } from '@triad/cli';
import { outside } from './model.js';
import type { Outcome } from './party.js';
import { report } from './report.js';

/** For `triad demo house-price`. */
export const demo: Demo = {
  title: `House prices of Boston. The city holds 10 columns, the agency 3 and the price; neither shows them to anybody.
Three computing parties train a linear regression on shares of them. The analyst alone learns the result.`,
  program: fileURLToPath(import.meta.resolve('@triad/examples/house-price/program')),
  outside,
  resultParty: 'analyst',
  defaults: { epochs: 20, batch: 10 },
  args: ({ epochs, batch }) => ['--epochs', String(epochs), '--batch', String(batch)],
  report: (outcome, options) => report(outcome as Outcome, options),
};
