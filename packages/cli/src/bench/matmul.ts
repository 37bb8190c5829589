import { aby3, type Share } from '@triad/aby3';
import { bilinear, defaultFractionBits, encode, type Tensor } from '@triad/ring';
import { bounded, type PartyCase } from './case.js';
import { type Direct, direct } from './direct.js';
import { largestError } from './error.js';
import { nativeMatmul } from './native-matmul.js';

type Extents = readonly [m: number, k: number, n: number];

/** A product of two shared matrices, truncated. */
export const matmul = (name: string, [m, k, n]: Extents): PartyCase => ({
  name,
  size: `${m}x${k}x${n}`,
  rounds: aby3().cost.bilinearTruncate(m * n, defaultFractionBits).rounds,
  warmUp: 10,
  reference: () => nativeMatmul([m, k, n]),
  open: (role, network) =>
    direct(role, network, name, async (party) => {
      const x = await shareMatrix(party, 0, [m, k]);
      const y = await shareMatrix(party, 1, [k, n]);
      const map = bilinear.matmul();
      const { protocol, session } = party;
      const run = (n: number) =>
        protocol.bilinearTruncate!(session.op('bench/product', n), { map, x, y }, defaultFractionBits);
      const verify = async () => {
        const z = await protocol.reveal(session.op('bench/reveal'), await run(-1), 0);
        if (z === undefined) return undefined;
        const exact = map.apply(matrix(0, [m, k]), matrix(1, [k, n]));
        return { maxErrorUnits: bounded('the error of a product', largestError(z, exact), 1) };
      };
      return { run, verify };
    }),
});

const matrix = (owner: number, shape: readonly [number, number]): Tensor =>
  encode(
    Float64Array.from({ length: shape[0] * shape[1] }, (_, i) => Math.sin(i + owner)),
    shape,
  );

const shareMatrix = (
  { session, protocol }: Direct,
  owner: number,
  shape: readonly [number, number],
): Promise<Share> => {
  const op = session.op('bench/matrix', owner);
  return protocol.share(op, owner, session.rank === owner ? matrix(owner, shape) : shape);
};
