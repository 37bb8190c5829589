import { allocate, memory, randomBytes, release, type Tensor } from '@triad/ring';
import { binCount } from '../cardinality/bin.js';
import { kernels } from '../kernel.js';
import type { KeySet } from '../key/key-set.js';
import type { OtLink } from '../ot/exchange.js';
import { maskBytes, sendMaskList } from '../psi/mask.js';
import { fillItems, randomSlots } from '../psi/slot.js';
import { Batch, batches, planeBytes } from './batch.js';
import { type Columns, writeRows } from './column.js';
import { GroupedItems } from './group.js';
import {
  type BinGroup,
  binGroups,
  blockBytes,
  drawKeys,
  groupRows,
  hashes,
  maskLink,
  rowBytes,
} from './run.js';

/** The sender after the base OTs. */
export interface SecretColumns {
  /** 64 bytes: bit j, from the lowest of the first byte on, chose key j. */
  readonly secret: Uint8Array;
  readonly columns: Columns;
}

/** Lets the receiver find its items; returns the item of each slot. */
export const sendMatches = async (
  link: OtLink,
  columns: SecretColumns,
  set: KeySet,
  peerSize: number,
): Promise<Uint32Array> => {
  const keys = drawKeys(link);
  const bins = binCount(peerSize);
  const slots = Array.from({ length: hashes }, () => randomSlots(set.size, link.random ?? randomBytes));
  const items = new GroupedItems({ set, key: keys.bin, bins, slots });
  const rows = new OpenRows(columns, bins);
  const batch = new Batch(keys);
  const masks = new Masks(set.size, maskBytes(peerSize, set.size));
  try {
    for (const group of binGroups(link, bins)) {
      rows.open(group, await group.op.recv(link.peer, group.bins * rowBytes));
      maskGroup(group, { items, rows, batch, masks });
    }
    await masks.send(link);
    return itemsOf(slots, set.size);
  } finally {
    for (const room of [masks, batch, rows, items, ...slots]) room.dispose();
  }
};

/** The item of each slot, list by list. */
const itemsOf = (slots: readonly Tensor[], size: number): Uint32Array => {
  const items = new Uint32Array(hashes * size);
  for (const [h, list] of slots.entries()) fillItems(list, items.subarray(h * size, (h + 1) * size));
  return items;
};

/** Q of one group of bins after the other. */
class OpenRows {
  readonly #columns: SecretColumns;
  readonly #bytes: number;
  readonly secret = allocate(rowBytes);
  readonly rows: number;
  readonly #message: number;

  constructor(columns: SecretColumns, bins: number) {
    this.#columns = columns;
    this.#bytes = groupRows(bins) * rowBytes;
    this.rows = allocate(this.#bytes);
    this.#message = allocate(this.#bytes);
    memory.u8().set(columns.secret, this.secret);
  }

  open(group: BinGroup, message: Uint8Array): void {
    const columns = this.#columns.columns.of(group);
    writeRows(columns, group, this.rows);
    columns.dispose();
    memory.u8().set(message, this.#message);
    kernels().openRows(this.rows, this.#message, this.secret, group.bins);
  }

  dispose(): void {
    memory.u8().fill(0, this.secret, this.secret + rowBytes);
    release(this.#message, this.#bytes);
    release(this.rows, this.#bytes);
    release(this.secret, rowBytes);
  }
}

interface Group {
  readonly items: GroupedItems;
  readonly rows: OpenRows;
  readonly batch: Batch;
  readonly masks: Masks;
}

/** F of all items that may be in these bins. */
const maskGroup = ({ index }: BinGroup, { items, rows, batch, masks }: Group): void => {
  const { digests, bins, slots, count } = items.group(index);
  for (const [first, n] of batches(count)) {
    const from = digests + first * blockBytes;
    batch.encode(from, n);
    const binsFrom = bins + 4 * first;
    kernels().addSecretCodes(rows.rows, binsFrom, from, batch.codes, planeBytes, rows.secret, n, batch.rows);
    batch.hash(n);
    masks.put(batch.rows, slots + 4 * first, n);
  }
};

/** The three lists of masks. */
class Masks {
  readonly #size: number;
  readonly #bytes: number;
  readonly #ptr: number;

  constructor(size: number, bytes: number) {
    this.#size = size;
    this.#bytes = bytes;
    this.#ptr = allocate(hashes * size * bytes);
  }

  put(blocks: number, slots: number, n: number): void {
    kernels().scatterMasks(blocks, n, slots, this.#bytes, this.#ptr);
  }

  async send(link: OtLink): Promise<void> {
    for (let h = 0; h < hashes; h++) {
      const list = this.#ptr + h * this.#size * this.#bytes;
      sendMaskList(maskLink(link, h), list, this.#size, this.#bytes);
      await link.session.channel.drain();
    }
  }

  dispose(): void {
    release(this.#ptr, hashes * this.#size * this.#bytes);
  }
}
