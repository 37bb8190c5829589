import { type Bilinear, bilinear, type Linear, linear } from '@triad/ring';
import { check, type Property } from './check.js';
import { deviations, spread, type Value, value, words } from './sample.js';
import { compute, plaintext, type Subject, type TruncationClaim } from './subject.js';
import { truncateProduct } from './truncate-product.js';

/** Fraction bits cut, as far as the magnitude leaves something. */
const cuts = ({ magnitudeBits }: TruncationClaim): number[] =>
  [1, 8, 16, 31, 48].filter((bits) => bits + 4 <= magnitudeBits);

/** Errors in units of the result: y - x / 2^bits, after every one was found within the claim. */
const errors = (x: Value, y: Value, bits: number, claim: TruncationClaim): number[] => {
  const limit = BigInt(Math.floor(claim.maxError * 2 ** bits));
  return x.words.map((word, i) => {
    const error = (y.words[i]! << BigInt(bits)) - word;
    check(error <= limit && -error <= limit, () => {
      const units = Number(error) / 2 ** bits;
      return `${word} / 2^${bits} gives ${y.words[i]}: off by ${units} units, claimed at most ${claim.maxError}`;
    });
    return Number(error) / 2 ** bits;
  });
};

const truncated = <S>(subject: Subject<S>, x: Value, bits: number): Promise<Value> =>
  compute(subject, [x], ({ protocol, session }, [a]) => protocol.truncate(session.op('truncate'), a!, bits));

const withinError = async <S>(subject: Subject<S>, bits: number): Promise<void> => {
  const x = spread(subject.truncation.magnitudeBits, bits, 2000);
  errors(x, await truncated(subject, x, bits), bits, subject.truncation);
};

/** Ties that are always rounded up are no bias worth the name: half a unit, once in 2^bits. */
const tieBias = (bits: number): number => 0.5 / 2 ** bits;

const checkMean = (what: string, sample: readonly number[], bits: number): void => {
  const mean = sample.reduce((a, b) => a + b, 0) / sample.length;
  const variance = sample.reduce((sum, error) => sum + (error - mean) ** 2, 0) / sample.length;
  const bound = deviations * Math.sqrt(variance / sample.length) + tieBias(bits);
  check(
    Math.abs(mean) <= bound,
    () => `${what}: mean error ${mean} of ${sample.length}, six deviations are ${bound}`,
  );
};

const sampleCount = 100_000;

/** Positive and negative values apart, so that rounding towards zero does not cancel out. */
const unbiased = async <S>(subject: Subject<S>, bits: number, magnitudeBits: number): Promise<void> => {
  const uniform = words(bits, sampleCount).map((word) => BigInt.asUintN(magnitudeBits, word));
  const x = { shape: [sampleCount], words: uniform.map((word, i) => (i & 1 ? -word : word)) };
  const sample = errors(x, await truncated(subject, x, bits), bits, subject.truncation);
  const what = `truncation by ${bits} bits of values below 2^${magnitudeBits}`;
  checkMean(
    `${what}, positive`,
    sample.filter((_, i) => !(i & 1)),
    bits,
  );
  checkMean(
    `${what}, negative`,
    sample.filter((_, i) => i & 1),
    bits,
  );
};

interface Fused {
  readonly name: string;
  readonly map: Bilinear;
  readonly x: Value;
  readonly y: Value;
  readonly after: readonly Linear[];
}

/** Products and what follows them stay below 2^magnitudeBits: five bits are for sums and factors. */
const fusedCases = ({ magnitudeBits }: TruncationClaim): Fused[] => {
  const bits = Math.floor((magnitudeBits - 5) / 2);
  const of = (shape: number[], seed: number) => value(shape, seed, bits);
  const inputs = { x: of([4, 3], 90), y: of([3, 2], 91) };
  return [
    { name: 'a product', map: bilinear.mul(), x: of([50], 92), y: of([50], 93), after: [] },
    { name: 'a matrix product', map: bilinear.matmul(), ...inputs, after: [] },
    { name: 'a factor', map: bilinear.matmul(), ...inputs, after: [linear.scale(-3n)] },
    {
      name: 'a factor, then a sum',
      map: bilinear.matmul(),
      ...inputs,
      after: [linear.neg(), linear.sum([1])],
    },
  ];
};

const fused = async <S>(
  subject: Subject<S>,
  { map, x, y, after }: Fused,
  bits: number,
): Promise<number[]> => {
  const out = await compute(subject, [x, y], ({ protocol, session }, [a, b]) =>
    truncateProduct(protocol, session.op('fused'), { map, x: a!, y: b!, after }, bits),
  );
  let exact = plaintext((a, b) => map.apply(a, b), x, y);
  for (const f of after) exact = plaintext((z) => f.apply(z), exact);
  return errors(exact, out, bits, subject.truncation);
};

const fusedUnbiased = async <S>(subject: Subject<S>, bits: number): Promise<void> => {
  const half = Math.floor(subject.truncation.magnitudeBits / 2);
  const [x, y] = [value([sampleCount], 94, half - 1), value([sampleCount], 95, half - 1)];
  const sample = await fused(subject, { name: '', map: bilinear.mul(), x, y, after: [] }, bits);
  checkMean(`truncated products, by ${bits} bits`, sample, bits);
};

export const truncation = <S>(subject: Subject<S>): Property[] => {
  const { truncation: claim } = subject;
  const top = claim.magnitudeBits;
  const middle = Math.min(16, top - 4);
  const error = `off by at most ${claim.maxError}`;
  const properties = cuts(claim).map((bits) => ({
    name: `by ${bits} bits, up to 2^${top}, is ${error}`,
    check: () => withinError(subject, bits),
  }));
  if (claim.unbiased) {
    for (const magnitude of new Set([top, middle + 2])) {
      const name = `by ${middle} bits is unbiased below 2^${magnitude}`;
      properties.push({ name, check: () => unbiased(subject, middle, magnitude) });
    }
  }
  return properties;
};

/** Products truncated in one go, where the scheme has that. */
export const fusedTruncation = <S>(subject: Subject<S>): Property[] => {
  const { truncation: claim } = subject;
  const bits = Math.min(16, claim.magnitudeBits - 8);
  const properties: Property[] = fusedCases(claim).map((each) => ({
    name: `of ${each.name} by ${bits} bits is off by at most ${claim.maxError}`,
    check: async () => void (await fused(subject, each, bits)),
  }));
  if (claim.unbiased) properties.push({ name: 'is unbiased', check: () => fusedUnbiased(subject, bits) });
  return properties;
};
