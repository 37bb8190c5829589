import { Prg, Tensor } from '@triad/ring';

/** Where a mask's bits come from: nodes with one stream have one mask. */
export interface Mask {
  readonly rate: number;
  readonly stream: number;
}

/** Masks are the same for everybody, twins too: what is dropped depends on no data and is no secret. */
const everybody = new Prg(new Uint8Array(16));

/** For each of `count` elements: is it dropped in this step? */
export const dropped = ({ rate, stream }: Mask, step: number, count: number): Uint8Array => {
  const words = Tensor.empty([Math.ceil(count / 2)]);
  everybody.fill(step, stream, 0, words);
  const numbers = new Uint32Array(words.toBytes().buffer);
  words.dispose();
  const limit = rate * 2 ** 32;
  return Uint8Array.from({ length: count }, (_, i) => (numbers[i]! < limit ? 1 : 0));
};
