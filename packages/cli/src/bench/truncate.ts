import { aby3 } from '@triad/aby3';
import { defaultFractionBits, shiftRightArithmetic, Tensor } from '@triad/ring';
import { bounded, type Measures, type PartyCase, timed } from './case.js';
import { direct } from './direct.js';
import { sampleWords } from './sample.js';

const name = 'truncate-1e7';
const elements = 10_000_000;
const magnitudeBits = 61;

/** Values of all magnitudes below 2^61, both signs: word i, from a multiplicative generator. */
const values = (): BigInt64Array => {
  const words = new BigInt64Array(sampleWords(elements).buffer);
  for (let i = 0; i < elements; i++) {
    words[i] = BigInt.asIntN(1 + magnitudeBits, words[i]! >> 2n) >> BigInt(i % magnitudeBits);
  }
  return words;
};

const tensorOf = (words: BigInt64Array): Tensor =>
  Tensor.fromBytes([words.length], new Uint8Array(words.buffer));

/** The largest error and the mean of all, in units of the result. */
const errors = (x: BigInt64Array, y: BigInt64Array): Measures => {
  const bits = BigInt(defaultFractionBits);
  let [sum, largest] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    const error = Number((y[i]! << bits) - x[i]!) / 2 ** defaultFractionBits;
    sum += error;
    largest = Math.max(largest, Math.abs(error));
  }
  return {
    maxErrorUnits: bounded('the error of a truncation', largest, 1),
    meanErrorUnits: sum / x.length,
  };
};

const reference = async () => {
  const x = Tensor.zeros([elements]);
  const seconds = timed(5, () => shiftRightArithmetic(x, defaultFractionBits).dispose());
  x.dispose();
  return { name: 'the same shift in the open, one kernel', seconds };
};

/** Ten million truncations by the default method; afterwards every result is compared with its input. */
export const truncate: PartyCase = {
  name,
  size: `${elements} values up to 2^${magnitudeBits}`,
  rounds: aby3().cost.truncate(elements, defaultFractionBits).rounds,
  warmUp: 2,
  reference,
  open: (role, network) =>
    direct(role, network, name, async ({ session, protocol }) => {
      const words = role === 0 ? values() : undefined;
      const x = await protocol.share(
        session.op('bench/x'),
        0,
        words === undefined ? [elements] : tensorOf(words),
      );
      const run = (n: number) => protocol.truncate(session.op('bench/truncate', n), x, defaultFractionBits);
      const verify = async () => {
        const y = await protocol.reveal(session.op('bench/reveal'), await run(-1), 0);
        return y && errors(words!, new BigInt64Array(y.toBytes().buffer));
      };
      return { run, verify };
    }),
};
