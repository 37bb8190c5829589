import { allocate, memory, release, Tensor } from '@triad/ring';
import { binCount } from '../cardinality/bin.js';
import { kernels } from '../kernel.js';
import type { KeySet } from '../key/key-set.js';
import type { OtLink } from '../ot/exchange.js';
import { findMasks, maskBytes, sortedMatches } from '../psi/mask.js';
import type { Matches } from '../psi/protocol.js';
import { Batch, batches, batchItems, planeBytes } from './batch.js';
import { addColumns, type Columns, writeRows } from './column.js';
import { placeItems } from './cuckoo.js';
import { type BinGroup, binGroups, drawKeys, groupRows, hashes, maskLink, rowBytes } from './run.js';

/** The columns of all keys k_j0 and of all k_j1. */
export type ColumnPair = readonly [Columns, Columns];

/** Which items of the set the sender has. */
export const receiveMatches = async (
  link: OtLink,
  columns: ColumnPair,
  set: KeySet,
  peerSize: number,
): Promise<Matches> => {
  const keys = drawKeys(link);
  const bins = binCount(set.size);
  const table = placeItems(set, keys.bin, bins);
  const lists = new MaskLists(table, set.size, bins);
  const rows = new RowMaker(columns, bins);
  const batch = new Batch(keys);
  try {
    for (const group of binGroups(link, bins)) {
      rows.make(group);
      encodeGroup(group, { set, table, rows, batch, lists });
      group.op.send(link.peer, rows.message(group.bins));
      await link.session.channel.drain();
    }
    return await lists.match(link, peerSize);
  } finally {
    for (const room of [batch, rows, lists, table]) room.dispose();
  }
};

/** T and T + U of one group of bins after the other. */
class RowMaker {
  readonly #columns: ColumnPair;
  readonly #bytes: number;
  readonly own: number;
  readonly masked: number;

  constructor(columns: ColumnPair, bins: number) {
    this.#columns = columns;
    this.#bytes = groupRows(bins) * rowBytes;
    this.own = allocate(this.#bytes);
    this.masked = allocate(this.#bytes);
  }

  make(group: BinGroup): void {
    const zero = this.#columns[0].of(group);
    const one = this.#columns[1].of(group);
    writeRows(zero, group, this.own);
    addColumns(one, zero);
    writeRows(one, group, this.masked);
    zero.dispose();
    one.dispose();
  }

  message(bins: number): Uint8Array {
    return memory.u8().slice(this.masked, this.masked + bins * rowBytes);
  }

  dispose(): void {
    release(this.masked, this.#bytes);
    release(this.own, this.#bytes);
  }
}

interface Group {
  readonly set: KeySet;
  readonly table: Tensor;
  readonly rows: RowMaker;
  readonly batch: Batch;
  readonly lists: MaskLists;
}

/** Adds the items' codes to the rows that are sent, and keeps H of their own rows. */
const encodeGroup = ({ first, bins }: BinGroup, { set, table, rows, batch, lists }: Group): void => {
  const items = Tensor.empty([batchItems, 2]);
  for (const [from, n] of batches(bins)) {
    const places = table.ptr + 4 * (first + from);
    kernels().takeItems(set.digests.ptr, places, n, items.ptr);
    batch.encode(items.ptr, n);
    kernels().addCodes(rows.masked + from * rowBytes, items.ptr, batch.codes, planeBytes, places, n);
    const taken = kernels().takeRows(rows.own + from * rowBytes, places, n, batch.rows, items.ptr);
    batch.hash(taken);
    lists.append(batch.rows, items.ptr, taken);
  }
  items.dispose();
};

/** Own masks by the hash function that placed their item. */
class MaskLists {
  readonly #size: number;
  readonly #starts: readonly number[];
  readonly #masks: Tensor;
  readonly #items: Tensor;
  readonly #ends: Tensor;

  constructor(table: Tensor, size: number, bins: number) {
    this.#size = size;
    const counts = countByHash(table, bins);
    this.#starts = [0, counts[0]!, counts[0]! + counts[1]!, size];
    this.#masks = Tensor.empty([size, 2]);
    this.#items = Tensor.empty([Math.ceil(size / 2)]);
    this.#ends = Tensor.empty([2]);
    new Uint32Array(memory.u8().buffer, this.#ends.ptr, hashes).set(this.#starts.slice(0, hashes));
  }

  append(blocks: number, places: number, n: number): void {
    kernels().appendMasks(blocks, places, n, this.#ends.ptr, this.#masks.ptr, this.#items.ptr);
  }

  /** Looks for each list's masks among those the sender made with the same function. */
  async match(link: OtLink, peerSize: number): Promise<Matches> {
    const bytes = maskBytes(this.#size, peerSize);
    const itemOf = new Uint32Array(this.#items.toBytes().buffer);
    const found: Uint32Array[] = [];
    for (let h = 0; h < hashes; h++) {
      const [start, end] = [this.#starts[h]!, this.#starts[h + 1]!];
      const list = this.#masks.rows(start, end);
      try {
        const pairs = await findMasks(maskLink(link, h), list, peerSize, bytes);
        found.push(...pairs.map((each) => renamed(each, itemOf.subarray(start, end), h * peerSize)));
      } finally {
        list.dispose();
      }
    }
    return sortedMatches(found, this.#size);
  }

  dispose(): void {
    for (const tensor of [this.#ends, this.#items, this.#masks]) tensor.dispose();
  }
}

/** How many items each function placed. */
const countByHash = (table: Tensor, bins: number): Uint32Array => {
  const counts = Tensor.zeros([2]);
  kernels().countPlaces(table.ptr, bins, counts.ptr);
  const out = new Uint32Array(counts.toBytes().buffer);
  counts.dispose();
  return out;
};

/** Pairs (place in a list, slot of a list) as (item, slot of all lists). */
const renamed = (pairs: Uint32Array, itemOf: Uint32Array, firstSlot: number): Uint32Array => {
  for (let k = 0; k < pairs.length; k += 2) {
    pairs[k] = itemOf[pairs[k]!]!;
    pairs[k + 1]! += firstSlot;
  }
  return pairs;
};
