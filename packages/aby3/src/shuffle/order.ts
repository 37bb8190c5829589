/** Compares two rows each: for pair i whether row left_i comes before row right_i, 1 or 0. */
export type Compare = (left: Uint32Array, right: Uint32Array, level: number) => Promise<Uint8Array>;

/** Places `start` to `end` (exclusive) whose order is not known yet. */
interface Segment {
  readonly start: number;
  readonly end: number;
}

/** Segments as short as this are ordered by comparing all pairs. */
const shortSegment = 32;
const pivots = 3;
/** At this level all pairs are compared, however long segments are; fewer pivots of random rows never take so many. */
export const lastLevel = 29;

/**
 * The rows from first to last, by comparisons that are made a level at a time: quicksort of all segments at once, with three
 * pivots. Rows are to be in random order, since the first ones are the pivots. Any answers give some order.
 */
export const orderRows = async (rows: number, compare: Compare): Promise<Uint32Array> => {
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  let segments: Segment[] = rows > 1 ? [{ start: 0, end: rows }] : [];
  for (let level = 0; segments.length > 0; level++) {
    const pivotsOf = ({ start, end }: Segment): number =>
      end - start <= shortSegment || level === lastLevel ? end - start : pivots;
    const counts = segments.map(pivotsOf);
    const { left, right } = pairsOf(order, segments, counts);
    const bits = await compare(left, right, level);
    let at = 0;
    segments = segments.flatMap((segment, s) => {
      const below = countBelow(segment, counts[s]!, bits.subarray(at));
      at += pairCount(segment, counts[s]!);
      return split(order, segment, counts[s]!, below);
    });
  }
  return order;
};

/** Every row with every pivot before it: the first `count` rows of a segment are its pivots. */
const pairCount = ({ start, end }: Segment, count: number): number =>
  (end - start - count) * count + (count * (count - 1)) / 2;

const pairsOf = (order: Uint32Array, segments: readonly Segment[], counts: readonly number[]) => {
  const total = segments.reduce((sum, segment, s) => sum + pairCount(segment, counts[s]!), 0);
  const [left, right] = [new Uint32Array(total), new Uint32Array(total)];
  let at = 0;
  for (const [s, { start, end }] of segments.entries()) {
    for (let i = start; i < end; i++) {
      for (let k = start; k < Math.min(i, start + counts[s]!); k++) {
        left[at] = order[i]!;
        right[at++] = order[k]!;
      }
    }
  }
  return { left, right };
};

/** How many pivots come before each row of a segment, from the answers to its pairs. */
const countBelow = ({ start, end }: Segment, count: number, bits: Uint8Array): Uint32Array => {
  const below = new Uint32Array(end - start);
  let at = 0;
  for (let i = 0; i < below.length; i++) {
    for (let k = 0; k < Math.min(i, count); k++) {
      if (bits[at++] === 0) below[i]!++;
      else if (i < count) below[k]!++;
    }
  }
  return below;
};

/** Puts a segment's rows between its pivots, in place; returns what lies between them. */
const split = (order: Uint32Array, { start, end }: Segment, count: number, below: Uint32Array): Segment[] => {
  const parts = Array.from({ length: 2 * count + 1 }, (): number[] => []);
  for (let i = start; i < end; i++) {
    const isPivot = i - start < count;
    parts[2 * below[i - start]! + (isPivot ? 1 : 0)]!.push(order[i]!);
  }
  let at = start;
  return parts.flatMap((part, k) => {
    const from = at;
    order.set(part, from);
    at += part.length;
    return k % 2 === 0 && part.length > 1 ? [{ start: from, end: at }] : [];
  });
};
