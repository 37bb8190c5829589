import { createHash } from 'node:crypto';
import { Prg, Tensor } from '@triad/ring';

/** Rows that lie together: from start up to, not including, end. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Rows that are read at a time, and in what order they are taken. */
export interface Window {
  /** Where they lie, in the order they are put together. */
  readonly ranges: readonly Range[];
  readonly rows: number;
  /** Positions among them; undefined: as they are. */
  readonly order: readonly number[] | undefined;
}

/** What is gone through: rows, their columns in all inputs, and rows of a batch. */
export interface Pass {
  readonly rows: number;
  readonly columns: number;
  readonly batch: number;
}

/** Rows of a window, about, and their elements: a window of a wide table has fewer rows. */
const [windowRows, windowElements] = [2 ** 16, 2 ** 23];
/** Pieces of a window: enough that a table which lies sorted is mixed. */
const windowPieces = 2 ** 4;

/**
 * The rows of an epoch, window by window, in an order that follows from a public seed: pieces of neighbouring rows are put in a
 * random order, then the rows of each window. No more than a window has to be in memory. A window has whole batches.
 */
export function* windows({ rows, columns, batch }: Pass, key: Uint8Array | undefined): Generator<Window> {
  const room = Math.min(windowRows, windowElements / Math.max(1, columns));
  const most = Math.max(1, Math.floor(room / Math.max(1, batch))) * Math.max(1, batch);
  const random = key && generator(key);
  for (const ranges of cut(pieces(rows, Math.ceil(most / windowPieces), random), most)) {
    const size = ranges.reduce((n, { start, end }) => n + end - start, 0);
    const order = random && permute([...Array(size).keys()], random);
    yield { ranges, rows: size, order };
  }
}

/** Neighbouring rows, in their order or a random one. */
function* pieces(
  rows: number,
  size: number,
  random: ((below: number) => number) | undefined,
): Generator<Range> {
  const piece = (i: number) => ({ start: i * size, end: Math.min((i + 1) * size, rows) });
  const count = Math.ceil(rows / size);
  if (random === undefined) for (let i = 0; i < count; i++) yield piece(i);
  else for (const i of permute([...Array(count).keys()], random)) yield piece(i);
}

/** Pieces in groups of `most` rows, the last of fewer; a piece may be cut in two. */
function* cut(pieces: Iterable<Range>, most: number): Generator<Range[]> {
  let group: Range[] = [];
  let room = most;
  for (const piece of pieces) {
    for (let start = piece.start; start < piece.end; ) {
      const end = Math.min(piece.end, start + room);
      group.push({ start, end });
      room -= end - start;
      start = end;
      if (room > 0) continue;
      yield group;
      [group, room] = [[], most];
    }
  }
  if (group.length > 0) yield group;
}

/** All rows of an epoch in the order they are taken. */
export const rowsInOrder = (pass: Pass, key: Uint8Array | undefined): number[] =>
  [...windows(pass, key)].flatMap(({ ranges, order }) => {
    const lying = ranges.flatMap(({ start, end }) =>
      Array.from({ length: end - start }, (_, i) => start + i),
    );
    return order === undefined ? lying : order.map((place) => lying[place]!);
  });

/** The key of one epoch's order. */
export const orderKey = (seed: number, stage: number, epoch: number): Uint8Array =>
  createHash('sha256').update(`triad/order/1/${seed}/${stage}/${epoch}`).digest().subarray(0, 16);

/** Fisher and Yates. */
const permute = (items: number[], random: (below: number) => number): number[] => {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
};

const drawnWords = 2 ** 10;

/** Whole numbers below a bound (at most 2^32), as good as uniform: off by less than 2^-32. */
const generator = (key: Uint8Array): ((below: number) => number) => {
  const prg = new Prg(key);
  let words: DataView = new DataView(new ArrayBuffer(0));
  let [used, block] = [0, 0];
  return (below) => {
    if (used === words.byteLength) {
      const tensor = Tensor.empty([drawnWords]);
      prg.fill(block++, 0, 0, tensor);
      const bytes = tensor.toBytes();
      words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      tensor.dispose();
      used = 0;
    }
    const word = words.getBigUint64(used, true);
    used += 8;
    return Number((word * BigInt(below)) >> 64n);
  };
};
