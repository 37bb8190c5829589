/** Sends a share file to a node, from where the node has it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Manifest, openFile, openShare, type Source } from '@triad/data';
import type { NodeConnection } from './request.js';
import { isAway } from './request.js';

/** Milliseconds without any progress after which it is given up. */
const patience = 60_000;
const pause = 500;

/** Throws what the node refuses it with, and `peer-lost` when it stays away. */
export const upload = async (
  nodeOf: (party: number) => Promise<NodeConnection>,
  path: string,
): Promise<Manifest> => {
  const source = await openFile(path);
  try {
    const { manifest, party } = await openShare({ ...source, close: async () => {} });
    const { id, owner, name } = manifest;
    const node = await nodeOf(party);
    const to = { id, path: `/v1/data/${owner}/${encodeURIComponent(name)}` };
    let [before, since] = [-1, performance.now()];
    for (;;) {
      try {
        const from = await bytesThere(node, id);
        // A node that has all of a large file takes its time to check it.
        if (from > before || from === source.size) [before, since] = [from, performance.now()];
        await send(node, source, to, from);
        return manifest;
      } catch (error) {
        if (!isAway(error) || performance.now() - since > patience) throw error;
        await sleep(pause);
      }
    }
  } finally {
    await source.close();
  }
};

const bytesThere = async (node: NodeConnection, id: string): Promise<number> =>
  (await node.json<{ readonly bytes: number }>({ method: 'GET', path: `/v1/uploads/${id}` })).bytes;

const send = async (
  node: NodeConnection,
  source: Source,
  { id, path }: { readonly id: string; readonly path: string },
  from: number,
): Promise<void> => {
  const query = new URLSearchParams({ id, from: String(from) });
  await node.json({ method: 'PUT', path: `${path}?${query}`, body: source.stream(from) });
};
