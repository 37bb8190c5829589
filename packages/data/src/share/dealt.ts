/**
 * Shares x = x_0 + x_1 + x_2 of a table as its owner deals them: x_0 and x_1 are streams of AES under two fresh keys, stream (k, 0, 0) for chunk k,
 * x_2 is what is missing, in words. Party i has x_i and x_{i+1}: party 0 keys alone (pseudo-random secret sharing as in ABY3, section 3.2).
 */
import { Prg, randomBytes, sub, Tensor } from '@triad/ring';

export const keyBytes = 16;

/** Which components a party has, in the order of its parts. */
export const componentsOf = (party: number): readonly [number, number] => [party, (party + 1) % 3];

/** Words of a component that come from a key. */
export class Stream {
  readonly #prg: Prg;

  constructor(readonly key: Uint8Array) {
    this.#prg = new Prg(key);
  }

  static fresh(): Stream {
    return new Stream(randomBytes(keyBytes));
  }

  /** The first rows of a chunk; the caller's to dispose. */
  rows(chunk: number, rows: number, columns: number): Tensor {
    const out = Tensor.empty([rows, columns]);
    this.#prg.fill(chunk, 0, 0, out);
    return out;
  }
}

/** All three components of a chunk's rows; the caller's to dispose. */
export const deal = (
  x: Tensor,
  chunk: number,
  [first, second]: readonly [Stream, Stream],
): readonly [Tensor, Tensor, Tensor] => {
  const [rows, columns] = x.shape as [number, number];
  const [x0, x1] = [first.rows(chunk, rows, columns), second.rows(chunk, rows, columns)];
  const rest = sub(x, x0);
  return [x0, x1, sub(rest, x1, rest)];
};

/** Words of a chunk, at most: 8 MB. */
const chunkWords = 2 ** 20;
const mostRows = 2 ** 12;

export const chunkRowsFor = (columns: number): number =>
  Math.max(1, Math.min(mostRows, Math.floor(chunkWords / columns)));
