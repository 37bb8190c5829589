import { Tensor } from '@triad/ring';
import { expect, it } from 'vitest';
import { plain } from './plain.js';
import { type Party, simulate } from './simulate.js';

const truncated = (values: readonly bigint[], bits: number) =>
  simulate(plain(), async ({ session, protocol }) => {
    const x = Tensor.from([values.length], values);
    const y = await protocol.truncate(session.op('y'), x, bits);
    const words = y.toBigInts();
    for (const tensor of [x, y]) tensor.dispose();
    return words;
  }).then(({ results }) => results[0]);

it('rounds half up, exactly', async () => {
  expect(await truncated([0n, 7n, 8n, 9n, 24n, -7n, -8n, -9n, -24n], 4)).toEqual([
    0n,
    0n,
    1n,
    1n,
    2n,
    0n,
    0n,
    -1n,
    -1n,
  ]);
  expect(await truncated([2n ** 62n - 1n, -(2n ** 62n)], 1)).toEqual([2n ** 61n, -(2n ** 61n)]);
  expect(await truncated([5n, -5n], 0)).toEqual([5n, -5n]);
});

it('lets nobody share for somebody else', async () => {
  const share = async ({ session, protocol }: Party<Tensor>) => {
    const x = Tensor.from([1], [1]);
    try {
      await protocol.share(session.op('x'), 0, x);
    } finally {
      x.dispose();
    }
  };
  await expect(simulate(plain(2), share)).rejects.toMatchObject({ code: 'bad-argument' });
});
