import { Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import type { KeySet } from '../key/key-set.js';
import { copyOut, hashBlocks, Okvs } from '../okvs/okvs.js';
import { type OkvsShape, okvsShape } from '../okvs/shape.js';
import type { OtLink } from '../ot/exchange.js';
import type { ReceiverSeeds } from '../ot/index.js';
import { Rooms } from '../rooms.js';
import { receiveVole } from '../vole/vole.js';
import {
  blockBytes,
  clusterItems,
  clustersPerMessage,
  drawKeys,
  maskedOp,
  type RunKeys,
  valuesOf,
} from './run.js';

/** F of the receiver's items: [size, 2], in the set's order. It learns nothing else, and the sender only the set's size. */
export const receiveOprf = async (link: OtLink, seeds: ReceiverSeeds, set: KeySet): Promise<Tensor> => {
  const shape = okvsShape(set.size);
  const keys = drawKeys(link);
  const rooms = new Rooms();
  try {
    const okvs = rooms.keep(new Okvs(shape, keys.row));
    const pending = rooms.keep(await receiveVole(link, seeds, shape.blocks, keys.code));
    const encoded = rooms.keep(encodeSet(okvs, set, keys));
    const pairs = rooms.keep(await pending.finish());
    sendMasked(link, shape, { encoded, pairs });
    return decodeSet(okvs, set, { pairs, keys, scratch: encoded });
  } finally {
    rooms.dispose();
  }
};

/** The OKVS that maps each item to its h. Its free columns are zero: it is only sent masked. */
const encodeSet = (okvs: Okvs, set: KeySet, keys: RunKeys): Tensor => {
  const encoded = Tensor.zeros([okvs.shape.blocks, 2]);
  for (const items of clusterItems(okvs.shape, set)) {
    const values = valuesOf(items, keys);
    okvs.encode(items.digests, items.count, values.ptr, encoded.ptr + items.offset);
    values.dispose();
  }
  return encoded;
};

interface Vectors {
  readonly encoded: Tensor;
  /** (a, c) of the VOLE. */
  readonly pairs: Tensor;
}

/** Sends a + P, and leaves it in place of P. */
const sendMasked = (link: OtLink, shape: OkvsShape, { encoded, pairs }: Vectors): void => {
  const masked = maskedOp(link);
  const step = clustersPerMessage(shape);
  const blocks = step * shape.clusterBlocks;
  for (let message = 0; message * blocks < shape.blocks; message++) {
    const offset = message * blocks * blockBytes;
    kernels().addFirst(encoded.ptr + offset, pairs.ptr + 2 * offset, encoded.ptr + offset, blocks);
    masked.at(message).send(link.peer, copyOut(encoded.ptr + offset, blocks * blockBytes));
  }
};

interface Decoding {
  readonly pairs: Tensor;
  readonly keys: RunKeys;
  /** Room for a cluster's blocks. */
  readonly scratch: Tensor;
}

const decodeSet = (okvs: Okvs, set: KeySet, { pairs, keys, scratch }: Decoding): Tensor => {
  const out = Tensor.empty([set.size, 2]);
  for (const { digests, from, count, offset } of clusterItems(okvs.shape, set)) {
    kernels().takeSecond(pairs.ptr + 2 * offset, scratch.ptr, okvs.shape.clusterBlocks);
    const at = out.ptr + from * blockBytes;
    okvs.open(scratch.ptr);
    okvs.decode(digests, count, scratch.ptr, at);
    hashBlocks(keys.output, at, at, count);
  }
  return out;
};
