import { readFile } from 'node:fs/promises';
import { readLines } from './intersect.js';
import { serve } from './serve.js';

/** `node program.js keys.txt`: the side in Node. */
const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node program.js FILE, with a key a line');
  process.exit(1);
}
const keys = readLines(await readFile(file, 'utf8'));
const common = await serve(keys, {
  listen: '127.0.0.1:8700',
  timeout: 600_000,
  onReady: (url) => console.log(`${keys.length} keys are here. Open ${url} within ten minutes.`),
});
console.log(`${common.length} keys are common:\n${common.join('\n')}`);
