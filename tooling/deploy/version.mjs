// Writes the version of lerna.json into deploy/. `lerna version` runs it before it commits.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../run.mjs';
import { withVersion } from './agreement.mjs';
import { readFiles } from './folder.mjs';

const { version } = JSON.parse(await readFile(join(root, 'lerna.json'), 'utf8'));
for (const [path, text] of await readFiles()) {
  const changed = withVersion(text, version);
  if (changed !== text) await writeFile(join(root, 'deploy', path), changed);
}
console.log(`deploy: version ${version}`);
