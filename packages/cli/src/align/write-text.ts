import type { FileHandle } from 'node:fs/promises';
import { ByteBuilder } from './byte-builder.js';
import { lineFeed, type RecordBlock } from './record.js';
import type { RowOrder } from './row-order.js';
import { Spill } from './spill.js';

/** Bytes of the rows that are put in order at a time, about. */
const partBytes = 2 ** 22;
/** Bytes of all parts' rows that wait in memory, and those of one part. */
const pendingBytes = 2 ** 25;
const pendingPartBytes = 2 ** 18;
/** In front of every row: its place and its length. */
const headBytes = 8;

export interface TextTarget {
  readonly file: FileHandle;
  /** Where rows may wait that do not fit into memory. */
  readonly spill: string;
  /** Bytes of all rows to choose from, about. */
  readonly bytes: number;
}

/**
 * Writes wanted rows of a text file in their order, a line each; how many there were. Rows go to parts by their places, part by part is
 * put in order: memory is bounded however many there are.
 */
export const writeTextRows = async (
  records: AsyncIterable<RecordBlock>,
  order: RowOrder,
  { file, spill: path, bytes }: TextTarget,
): Promise<number> => {
  const perPart = Math.max(1024, Math.floor((partBytes * order.span) / Math.max(bytes, 1)));
  const parts = Math.ceil(order.size / perPart);
  const spill = new Spill(path, parts);
  try {
    const found = await divide(records, order, new Parts(spill, parts, perPart));
    for (let part = 0; part < parts; part++) {
      const first = part * perPart;
      const segments = await spill.take(part);
      await file.writeFile(inOrder(segments, first, Math.min(perPart, order.size - first)));
    }
    return found;
  } finally {
    await spill.close();
  }
};

const divide = async (
  records: AsyncIterable<RecordBlock>,
  order: RowOrder,
  parts: Parts,
): Promise<number> => {
  let [row, found] = [0, 0];
  for await (const { bytes, count, starts, ends } of records) {
    for (let k = 0; k < count; k++, row++) {
      const place = order.place(row);
      if (place < 0) continue;
      found++;
      parts.add(place, bytes, starts[k]!, ends[k]!);
    }
    await parts.flushFull();
    if (row >= order.span) break;
  }
  await parts.flush();
  return found;
};

/** Rows by part, not yet in order: place, length and bytes of each. */
class Parts {
  readonly #pending: ByteBuilder[];
  readonly #full = new Set<number>();
  readonly #most: number;

  constructor(
    readonly spill: Spill,
    parts: number,
    readonly perPart: number,
  ) {
    this.#pending = Array.from({ length: parts }, () => new ByteBuilder());
    this.#most = Math.min(pendingPartBytes, Math.floor(pendingBytes / parts));
  }

  add(place: number, bytes: Uint8Array, start: number, end: number): void {
    const part = Math.floor(place / this.perPart);
    const pending = this.#pending[part]!;
    pending.appendWord(place);
    pending.appendWord(end - start);
    pending.append(bytes, start, end);
    if (pending.length >= this.#most) this.#full.add(part);
  }

  /** Hands over the parts that have become long. */
  async flushFull(): Promise<void> {
    for (const part of this.#full) await this.spill.append(part, this.#pending[part]!.take());
    this.#full.clear();
  }

  async flush(): Promise<void> {
    for (const [part, pending] of this.#pending.entries())
      if (pending.length > 0) await this.spill.append(part, pending.take());
  }
}

/** The rows of a part, a line each, by their places `first` to `first + count`. */
const inOrder = (segments: readonly Uint8Array[], first: number, count: number): Uint8Array => {
  const all = joined(segments);
  const view = new DataView(all.buffer);
  const heads = new Uint32Array(count);
  for (let at = 0; at < all.length; at += headBytes + view.getUint32(at + 4, true))
    heads[view.getUint32(at, true) - first] = at;
  const lines = new ByteBuilder(all.length);
  for (let k = 0; k < count; k++) {
    const start = heads[k]! + headBytes;
    lines.append(all, start, start + view.getUint32(start - 4, true));
    lines.appendByte(lineFeed);
  }
  return lines.bytes();
};

const joined = (segments: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(segments.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const segment of segments) {
    all.set(segment, at);
    at += segment.length;
  }
  return all;
};
