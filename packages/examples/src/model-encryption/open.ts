import { writeFile } from 'node:fs/promises';
import { encodeModel } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import { trainInTheOpen } from './stages.js';

/** The model's owner, alone: `node open.js model.safetensors` trains on the open rows and writes the model. */
const path = process.argv[2];
if (path === undefined)
  throw new TriadError('bad-argument', 'there is no file to write', {
    remedy: 'name one: model.safetensors',
  });
await writeFile(path, encodeModel(trainInTheOpen(20)), { mode: 0o600 });
