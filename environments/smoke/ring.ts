import { bilinear, decode, encode, Prg, randomBytes, Tensor } from '@triad/ring';

const main = (): void => {
  const x = encode([1.5, -2, 0.25, 4], [2, 2]);
  const product = bilinear.matmul().apply(x, x);
  if (decode(product, 32).join() !== '1.75,-11,1.375,15.5') throw new Error('the product is wrong');

  const stream = Tensor.empty([3]);
  new Prg(new Uint8Array(16)).fill(0, 0, 0, stream);
  // AES-128 of a block of zeros under the key of zeros, its first half as a little-endian word.
  if (stream.toBigInts()[0] !== 0x3b2c8aefd44be966n) throw new Error('the stream is not that of AES-128-CTR');
  if (randomBytes(40).every((byte) => byte === 0)) throw new Error('the random bytes are not random');
  for (const tensor of [x, product, stream]) tensor.dispose();
  console.log('@triad/ring works');
};

main();
