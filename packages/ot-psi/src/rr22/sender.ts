import { allocate, memory, release, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import type { KeySet } from '../key/key-set.js';
import { hashBlocks, Okvs } from '../okvs/okvs.js';
import { okvsShape } from '../okvs/shape.js';
import type { OtLink } from '../ot/exchange.js';
import type { SenderSeeds } from '../ot/index.js';
import { Rooms } from '../rooms.js';
import { sendVole } from '../vole/vole.js';
import {
  blockBytes,
  type ClusterItems,
  clusterItems,
  clustersPerMessage,
  drawKeys,
  maskedOp,
  type RunKeys,
  valuesOf,
} from './run.js';

/** Products of every byte at each place of a block with delta. */
const tableBytes = 65536;

/** F of the sender's own items, for a receiver of `peerSize` items: [size, 2], in the set's order. It learns nothing else. */
export const sendOprf = async (
  link: OtLink,
  seeds: SenderSeeds,
  set: KeySet,
  peerSize: number,
): Promise<Tensor> => {
  const shape = okvsShape(peerSize);
  const keys = drawKeys(link);
  const masked = maskedOp(link);
  const rooms = new Rooms();
  try {
    const b = rooms.keep(await sendVole(link, seeds, shape.blocks, keys.code));
    const okvs = rooms.keep(new Okvs(shape, keys.row));
    const evaluator = rooms.keep(new Evaluator(okvs, keys, seeds.delta));
    const out = rooms.keep(Tensor.empty([set.size, 2]));
    const step = clustersPerMessage(shape);
    const bytes = step * shape.clusterBlocks * blockBytes;
    for (let first = 0; first < 2 ** shape.clusterBits; first += step) {
      const message = await masked.at(first / step).recv(link.peer, bytes);
      evaluator.unmask(message, b.ptr + (first / step) * bytes);
      for (const items of clusterItems(shape, set, first, first + step)) {
        evaluator.evaluate(items, b.ptr + items.offset, out.ptr + items.from * blockBytes);
      }
    }
    return rooms.give(out);
  } finally {
    rooms.dispose();
  }
};

/** Computes F where k is known. */
class Evaluator {
  readonly #delta = allocate(blockBytes);
  readonly #table = allocate(tableBytes);

  constructor(
    readonly okvs: Okvs,
    readonly keys: RunKeys,
    delta: Uint8Array,
  ) {
    memory.u8().set(delta, this.#delta);
    kernels().gfTable(this.#delta, this.#table);
  }

  /** b becomes k = b + delta * message. */
  unmask(message: Uint8Array, b: number): void {
    const received = Tensor.fromBytes([message.length / 8], message);
    kernels().multiplyAdd(this.#table, received.ptr, b, b, message.length / blockBytes);
    received.dispose();
  }

  evaluate(items: ClusterItems, k: number, out: number): void {
    this.okvs.open(k);
    this.okvs.decode(items.digests, items.count, k, out);
    const values = valuesOf(items, this.keys);
    kernels().addProducts(out, this.#table, values.ptr, items.count);
    values.dispose();
    hashBlocks(this.keys.output, out, out, items.count);
  }

  dispose(): void {
    memory.u8().fill(0, this.#table, this.#table + tableBytes);
    release(this.#table, tableBytes);
    release(this.#delta, blockBytes);
  }
}
