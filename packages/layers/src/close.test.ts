import { plain } from '@triad/protocol';
import { memory, Tensor } from '@triad/ring';
import { expect, it } from 'vitest';
import { job } from './fixture/parties.js';
import { data, Executor, program, reveal } from './index.js';

it.each([
  ['shared', (exe: Executor) => exe.share({ x: { owner: 0, shape: [2], values: [1, 2] } })],
  [
    'adopted',
    (exe: Executor) => {
      const parts = [Tensor.zeros([2])];
      const adopted = exe.adopt('x', { shape: [2], parts });
      return adopted.finally(() => parts.forEach((part) => void part.dispose()));
    },
  ],
] as const)('what is %s while a party closes is given back', async (_, call) => {
  const before = memory.liveBytes;
  const p = program(() => {
    reveal(data({ name: 'y', shape: [2] }), 'all', 'out');
  });
  await Promise.all(
    job(plain(3)).environments.map(async (environment) => {
      const exe = new Executor({ environment, program: p });
      const pending = Promise.allSettled([call(exe)]);
      await exe.close();
      await pending;
    }),
  );
  expect(memory.liveBytes).toBe(before);
});
