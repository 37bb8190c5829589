import { aby3 } from '@triad/aby3';
import { bilinear, defaultFractionBits, encode, type Tensor } from '@triad/ring';
import { bounded, type PartyCase, timed } from './case.js';
import { type Direct, direct } from './direct.js';
import { largestError } from './error.js';
import { sampleNumbers } from './sample.js';

const name = 'product-1e6';
const elements = 1_000_000;
const magnitude = 2 ** 10;

/** Both factors, encoded: party `owner` shares the one of its number. */
const factor = (owner: number): Tensor => encode(sampleNumbers(elements, magnitude, owner), [elements]);

const open = ({ session, protocol }: Direct) => {
  const share = (owner: number) =>
    protocol.share(
      session.op('bench/factor', owner),
      owner,
      session.rank === owner ? factor(owner) : [elements],
    );
  return Promise.all([share(0), share(1)]);
};

const reference = async () => {
  const [x, y] = [factor(0), factor(1)];
  const multiply = bilinear.mul();
  const seconds = timed(5, () => multiply.apply(x, y).dispose());
  for (const tensor of [x, y]) tensor.dispose();
  return { name: 'the same products in the open, one kernel', seconds };
};

/** A million products of fixed-point numbers up to 2^10, element by element, truncated by the default method. */
export const product: PartyCase = {
  name,
  size: `${elements} products`,
  rounds: aby3().cost.bilinearTruncate(elements, defaultFractionBits).rounds,
  warmUp: 5,
  reference,
  open: (role, network) =>
    direct(role, network, name, async (party) => {
      const [x, y] = await open(party);
      const { session, protocol } = party;
      const map = bilinear.mul();
      const run = (n: number) =>
        protocol.bilinearTruncate!(session.op('bench/product', n), { map, x, y }, defaultFractionBits);
      const verify = async () => {
        const z = await protocol.reveal(session.op('bench/reveal'), await run(-1), 0);
        if (z === undefined) return undefined;
        const exact = map.apply(factor(0), factor(1));
        return { maxErrorUnits: bounded('the error of a product', largestError(z, exact), 1) };
      };
      return { run, verify };
    }),
};
