import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keys, rendezvous } from '@triad/net';
import { connect, openNode } from '@triad/node';

const main = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'triad-smoke-'));
  const [zero, alice, board] = await keys('smoke', ['0', 'alice', 'board']);
  if (!zero || !alice || !board) throw new Error('a role has no keys');
  const place = await rendezvous({ listen: '127.0.0.1:0', tls: board });
  const node = await openNode({ identity: zero, folder, listen: '127.0.0.1:0', rendezvous: place.address });
  const client = await connect({ identity: alice, rendezvous: place.address });
  if ((await client.dataSets(0)).length !== 0) throw new Error('there is a data set');
  await client.close();
  await node.close();
  await place.close();
  await rm(folder, { recursive: true });
  console.log('@triad/node works');
};

void main();
