import { aby3, type Share } from '@triad/aby3';
import { bilinear, defaultFractionBits, encode } from '@triad/ring';
import type { PartyCase } from './case.js';
import { type Direct, direct } from './direct.js';
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
      return {
        run: (n) =>
          protocol.bilinearTruncate!(session.op('bench/product', n), { map, x, y }, defaultFractionBits),
      };
    }),
});

const shareMatrix = (
  { session, protocol }: Direct,
  owner: number,
  shape: readonly [number, number],
): Promise<Share> => {
  const op = session.op('bench/matrix', owner);
  if (session.rank !== owner) return protocol.share(op, owner, shape);
  const values = Float64Array.from({ length: shape[0] * shape[1] }, (_, i) => Math.sin(i + owner));
  return protocol.share(op, owner, encode(values, shape));
};
