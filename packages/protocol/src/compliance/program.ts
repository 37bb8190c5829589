import { bilinear } from '@triad/ring';
import type { Party } from '../simulate.js';
import type { Value } from './sample.js';
import { shareValue } from './subject.js';
import { truncateProduct } from './truncate-product.js';

/** Every kind of call on two values, in one step; everything is disposed in the end. */
export const program = async <S>(party: Party<S>, [x, y]: readonly Value[], step = 0): Promise<void> => {
  const { protocol, session } = party;
  const { parties } = protocol;
  const { op, close } = session.step(step);
  const a = await shareValue(party, op(0), 0, x!);
  const b = await shareValue(party, op(1), parties - 1, y!);
  const z = await protocol.bilinear(op(2), bilinear.mul(), a, b);
  const shares = [
    a,
    b,
    z,
    await protocol.truncate(op(3), z, 8),
    await truncateProduct(protocol, op(4), { map: bilinear.mul(), x: a, y: b }, 8),
  ];
  if (protocol.random !== undefined) shares.push(await protocol.random(op(5), [4], 16));
  if (protocol.below !== undefined) shares.push(await protocol.below(op(6), a, [0n, 5n]));
  for (const [i, share] of shares.entries()) {
    (await protocol.reveal(op(10 + i), share, 0))?.dispose();
    (await protocol.reveal(op(20 + i), share))?.dispose();
  }
  for (const share of shares) protocol.dispose(share);
  close();
};
