/** That all nodes have a checkpoint on disk: what came before it is never done again. */
import { type Channel, namedAddress } from '@triad/protocol';

/** Tells the others that this node has the checkpoint before a unit, and resolves when all have. */
export const allSaved = async (channel: Channel, unit: number): Promise<void> => {
  const here = namedAddress('triad/node/saved', unit);
  for (const peer of channel.peers) channel.send(peer, here, Uint8Array.of(1));
  await Promise.all(channel.peers.map((peer) => channel.recv(peer, here)));
};
