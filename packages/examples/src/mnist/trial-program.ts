import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { aby3 } from '@triad/aby3';
import { plain, type Scheme, TriadError } from '@triad/protocol';
import { count, modelName } from './argument.js';
import { models } from './model.js';
import { report } from './report.js';
import { runTrial } from './trial.js';

/** `node trial-program.js --model mlp --protocol plain --seed 1`: a trial beside its float twin. Ends with 1 unless it is close. */
const schemes: Readonly<Record<string, Scheme<unknown>>> = { plain: plain(2), aby3: aby3() };

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'mlp' },
    protocol: { type: 'string', default: 'plain' },
    epochs: { type: 'string', default: '5' },
    batch: { type: 'string', default: '128' },
    rows: { type: 'string', default: '8000' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const { protocol, out } = values;
const scheme = schemes[protocol];
if (scheme === undefined)
  throw new TriadError('bad-argument', `there is no protocol '${protocol}'`, { remedy: 'use plain or aby3' });
const model = modelName(values.model);
const options = {
  epochs: count('epochs', values.epochs),
  batch: count('batch', values.batch),
  rows: count('rows', values.rows),
  seed: count('seed', values.seed),
};

const start = performance.now();
const outcome = await runTrial<unknown>(scheme, models[model], options, (epoch, loss) =>
  console.log(`epoch ${epoch}/${options.epochs}  loss ${loss.toFixed(4)}`),
);
const seconds = (performance.now() - start) / 1000;
const { ok, text, record } = report(models[model], outcome, options, `by ${protocol}`);
console.log(`\n${text}\n${seconds.toFixed(1)} s`);
if (out !== undefined) await writeFile(out, `${JSON.stringify({ model, protocol, seconds, ...record })}\n`);
if (!ok) process.exitCode = 1;
