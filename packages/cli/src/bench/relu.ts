import { aby3, type Share } from '@triad/aby3';
import { bilinear, encode, linear, type Tensor } from '@triad/ring';
import { bounded, type PartyCase, timed } from './case.js';
import { type Direct, direct } from './direct.js';
import { sampleNumbers } from './sample.js';

const name = 'relu-1e5';
const elements = 100_000;
const magnitude = 2 ** 10;

const input = (): Tensor => encode(sampleNumbers(elements, magnitude), [elements]);

const relu = (word: bigint): bigint => (word < 0n ? 0n : word);

const countWrong = (revealed: Tensor): number => {
  const x = input();
  const [before, after] = [x.toBigInts(), revealed.toBigInts()];
  x.dispose();
  return before.reduce((wrong, word, i) => wrong + (after[i] === relu(word) ? 0 : 1), 0);
};

/** x - x [x < 0], as `layers` computes it: the bit has scale 0, so that nothing is truncated. */
const run = async ({ session, protocol }: Direct, n: number, x: Share): Promise<Share> => {
  const after = [linear.reshape([elements])];
  const negative = await protocol.below!(session.op('bench/below', n), x, [0n], after);
  const product = await protocol.bilinear(session.op('bench/product', n), bilinear.mul(), x, negative);
  const result = protocol.linear(linear.sub(), x, product);
  for (const each of [negative, product]) protocol.dispose(each);
  return result;
};

const reference = async () => {
  const x = new BigInt64Array(input().toBytes().buffer);
  return { name: 'the same in the open, over BigInt64Array', seconds: timed(5, () => void x.map(relu)) };
};

const { cost } = aby3();

/** A hundred thousand numbers, set to 0 where they are negative. */
export const reluCase: PartyCase = {
  name,
  size: `${elements} numbers`,
  rounds: cost.below!(elements, 1, elements).rounds + cost.bilinear(elements).rounds,
  warmUp: 20,
  reference,
  open: (role, network) =>
    direct(role, network, name, async (party) => {
      const { session, protocol } = party;
      const x = await protocol.share(session.op('bench/x'), 0, role === 0 ? input() : [elements]);
      const verify = async () => {
        const y = await protocol.reveal(session.op('bench/reveal'), await run(party, -1, x), 0);
        return y && { wrong: bounded('the number of wrong results', countWrong(y), 1) };
      };
      return { run: (n) => run(party, n, x), verify };
    }),
};
