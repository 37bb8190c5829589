import { memory, Tensor } from '@triad/ring';

/** A live view of a tensor's 32-bit halves of words: valid until anything allocates. */
export const halves = (x: Tensor): Uint32Array => new Uint32Array(memory.u8().buffer, x.ptr, 2 * x.size);

/** Rows of [m, 2], blocks of 16 bytes, as [at.length, 2]: row i is row at[i]. */
export const takeBlocks = (blocks: Tensor, at: Uint32Array): Tensor => {
  const out = Tensor.empty([at.length, 2]);
  const [from, to] = [halves(blocks), halves(out)];
  for (let i = 0; i < at.length; i++) {
    const block = 4 * at[i]!;
    for (let k = 0; k < 4; k++) to[4 * i + k] = from[block + k]!;
  }
  return out;
};

/** First words of blocks [m, 2], as [at.length]: word i is of row at[i]. */
export const takeWords = (blocks: Tensor, at: Uint32Array): Tensor => {
  const out = Tensor.empty([at.length]);
  const [from, to] = [halves(blocks), halves(out)];
  for (let i = 0; i < at.length; i++) {
    to[2 * i] = from[4 * at[i]!]!;
    to[2 * i + 1] = from[4 * at[i]! + 1]!;
  }
  return out;
};

/** Writes the first word of block i of [n, 2] to word at[i]. */
export const putWords = (blocks: Tensor, at: Uint32Array, words: Tensor): void => {
  const [from, to] = [halves(blocks), halves(words)];
  for (let i = 0; i < at.length; i++) {
    to[2 * at[i]!] = from[4 * i]!;
    to[2 * at[i]! + 1] = from[4 * i + 1]!;
  }
};

/** How many words are zero. */
export const countZeros = (words: Tensor): number => {
  const parts = halves(words);
  let zeros = 0;
  for (let i = 0; i < parts.length; i += 2) if ((parts[i]! | parts[i + 1]!) === 0) zeros++;
  return zeros;
};
