/**
 * The dual encoding of an expand-convolute code in systematic form: the elements after the first `count` are convolved, each with random ones
 * of the 24 before it, and every one of the first `count` gets seven of them, at random places, added. All
 * randomness is public: it is a stream of the given key.
 */
import { Prg, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import type { VoleShape } from './parameter.js';

/** Elements whose randomness is drawn at a time: it stays in the caches. */
const batch = 2 ** 12;
const streams = { taps: 0, places: 1 } as const;

/**
 * Encodes in place: the first `count` elements at `x` are the result. An element has `width` blocks, 1 or 2, and 24
 * elements behind the last one are overwritten.
 */
export const encode = (x: number, width: 1 | 2, shape: VoleShape, key: Uint8Array): void => {
  const { noisy, count } = shape;
  const [convolve, expand] =
    width === 1 ? [kernels().convolve, kernels().expand] : [kernels().convolvePairs, kernels().expandPairs];
  const bytes = 16 * width;
  const rest = x + count * bytes;
  const public_ = new PublicStream(key);
  public_.each(streams.taps, { count: noisy - count, bytes: 4 }, (taps, from, n) =>
    convolve(rest + from * bytes, n, taps),
  );
  public_.each(streams.places, { count, bytes: 32 }, (places, from, n) =>
    expand(rest, noisy - count, x + from * bytes, n, places),
  );
};

/** Public random bytes for many elements, batch by batch. */
class PublicStream {
  readonly #prg: Prg;

  constructor(key: Uint8Array) {
    this.#prg = new Prg(key);
  }

  each(
    stream: number,
    { count, bytes }: { readonly count: number; readonly bytes: number },
    use: (random: number, from: number, n: number) => void,
  ): void {
    const random = Tensor.empty([(batch * bytes) / 8]);
    for (let from = 0; from < count; from += batch) {
      this.#prg.fill(stream, from / batch, 0, random);
      use(random.ptr, from, Math.min(batch, count - from));
    }
    random.dispose();
  }
}
