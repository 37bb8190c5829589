import { aby3 } from '@triad/aby3';
import { shiftRightArithmetic, Tensor } from '@triad/ring';
import { bounded, type PartyCase, timed } from './case.js';
import { direct } from './direct.js';
import { sampleWords } from './sample.js';

const name = 'compare-1e6';
const elements = 1_000_000;

/** Words below 2^62 of either sign: their distance from 0 is within what comparisons take. */
const words = (): BigInt64Array => new BigInt64Array(sampleWords(elements).buffer).map((word) => word >> 1n);

const tensorOf = (values: BigInt64Array): Tensor =>
  Tensor.fromBytes([values.length], new Uint8Array(values.buffer));

const countWrong = (below: Tensor): number => {
  const bits = new BigInt64Array(below.toBytes().buffer);
  return words().reduce((wrong, word, i) => wrong + (bits[i] === (word < 0n ? 1n : 0n) ? 0 : 1), 0);
};

const reference = async () => {
  const x = tensorOf(words());
  const seconds = timed(5, () => shiftRightArithmetic(x, 63).dispose());
  x.dispose();
  return { name: 'the signs in the open, one kernel', seconds };
};

/** A million comparisons with 0 whose results stay secret. */
export const compare: PartyCase = {
  name,
  size: `${elements} comparisons`,
  rounds: aby3().cost.below!(elements, 1, elements).rounds,
  warmUp: 5,
  reference,
  open: (role, network) =>
    direct(role, network, name, async ({ session, protocol }) => {
      const x = await protocol.share(session.op('bench/x'), 0, role === 0 ? tensorOf(words()) : [elements]);
      const run = (n: number) => protocol.below!(session.op('bench/below', n), x, [0n]);
      const verify = async () => {
        const below = await protocol.reveal(session.op('bench/reveal'), await run(-1), 0);
        return below && { wrong: bounded('the number of wrong comparisons', countWrong(below), 1) };
      };
      return { run, verify };
    }),
};
