import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { aby3 } from '@triad/aby3';
import { job } from '@triad/cli';
import { Executor, init } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import { outside, training } from '../house-price/model.js';
import { predict, update } from './stages.js';

/**
 * The file every party runs, a job for each stage: `triad run program.js --role 0 ... --out FOLDER -- update --model FILE`, then
 * `... -- predict --model FILE`. Computing parties give their own file, the others none.
 */
const { role, network, args, emit, save } = job({ outside });
const { values, positionals } = parseArgs({
  args: [...args],
  options: { model: { type: 'string' } },
  allowPositionals: true,
});
const file = values.model === undefined ? undefined : new Uint8Array(await readFile(values.model));
const exe = new Executor({ environment: init(aby3(), role, network), program: training });

if (positionals[0] === 'update') {
  const updated = await update(exe, file, 20);
  await exe.close();
  if (updated !== undefined) await save(`model.${role}.safetensors`, updated);
} else if (positionals[0] === 'predict') {
  const predictions = await predict(exe, file);
  await exe.close();
  if (predictions !== undefined) {
    emit({ predictions }, `${predictions.length} predictions`);
    await save('predictions.json', `${JSON.stringify(predictions)}\n`);
  }
} else {
  throw new TriadError('bad-argument', 'the program does not know what to do', {
    remedy: 'add -- update or -- predict',
  });
}
