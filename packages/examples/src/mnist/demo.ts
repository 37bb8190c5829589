import { fileURLToPath } from 'node:url';
import type { Demo } from '@triad/cli';
import { type ModelName, models, outside, resultParty } from './model.js';
import type { Outcome } from './party.js';
import { report } from './report.js';

/** For `triad demo mnist-NAME`. */
export const mnistDemo = (name: ModelName): Demo => ({
  title: `${models[name].title}
The scanner holds 10,000 images, the reader knows which digits they are; neither shows them to anybody. Three computing parties
train on shares of 8,000. The analyst alone learns the losses, and how many of the other 2,000 are right.`,
  program: fileURLToPath(import.meta.resolve('@triad/examples/mnist/program')),
  outside,
  resultParty,
  defaults: { epochs: name === 'lenet' ? 2 : 5, batch: 128 },
  args: ({ epochs, batch }) => ['--model', name, '--epochs', String(epochs), '--batch', String(batch)],
  report: (outcome, options) => report(models[name], outcome as Outcome, options),
});
