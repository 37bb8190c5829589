import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFile, openShare, openTable, shareTable } from '@triad/data';

const main = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'triad-smoke-'));
  const path = (party: number) => join(folder, `t.party${party}.safetensors`);
  await writeFile(join(folder, 't.csv'), 'a,b\n1,2\n3,4\n');
  const source = await openFile(join(folder, 't.csv'));
  const options = { name: 't', owner: 'alice', federation: 'f', sign: () => new Uint8Array(64), path };
  const { rows } = await shareTable(await openTable(source), options);
  await source.close();
  const share = await openShare(await openFile(path(2)), 2);
  const parts = await share.read(0, rows);
  if (rows !== 2 || parts.some(({ shape }) => shape.join() !== '2,2'))
    throw new Error('the share is of another shape');
  await share.close();
  await rm(folder, { recursive: true });
  console.log('@triad/data works');
};

void main();
