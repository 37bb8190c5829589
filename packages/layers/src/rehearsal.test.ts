import { plain } from '@triad/protocol';
import { expect, it } from 'vitest';
import { regression } from './fixture/regression.js';
import { Executor, init, plan, type Rehearsal, type RehearsedCall, Shared } from './index.js';

it('runs a program file to its end without others, and tells what each call costs', async () => {
  const program = regression(4, 0.1);
  const calls: RehearsedCall[] = [];
  const network: Rehearsal = {
    join: () => Promise.reject(new Error('nobody is met')),
    rehearse: (call) => void calls.push(call),
  };
  const scheme = plain(3);
  const exe = new Executor({ environment: init(scheme, 0, network), program });
  const values = () => Promise.reject(new Error('nobody looks at them'));
  const shared = await exe.share({
    x: { owner: 0, shape: [10, 4], values },
    y: { owner: 1, shape: [10, 1], values },
  });
  const run = () => exe.run({ feed: shared, fetchList: ['loss'] });
  const losses = await Promise.all([run(), run(), run()]);
  const weights = await exe.reveal(exe.parameters.get('fc.w_0')!);
  await exe.close();
  expect(losses.map(([loss]) => loss!.item())).toEqual([0, 0, 0]);
  expect(weights!.shape).toEqual([4, 1]);
  expect(calls.map(({ kind }) => kind)).toEqual(['share', 'share', 'draw', 'run', 'run', 'run', 'reveal']);
  const [first, , draw] = calls;
  expect(first).toMatchObject({ name: 'x', cost: scheme.cost.share(40, 0) });
  expect(draw).toMatchObject({ name: 'fc.w_0', shape: [4, 1] });
  const runs = calls.flatMap((call) => (call.kind === 'run' ? [call.run] : []));
  expect(new Set(runs).size).toBe(1);
  expect(runs[0]!.plan).toEqual(plan(program, scheme, { batch: 10, fetchList: ['loss'] }));
});

it.each([
  [false, ['run']],
  [true, ['draw', 'run']],
])('draws no weights of a file that misses none (allowMissing: %s)', async (allowMissing, expected) => {
  const kinds: string[] = [];
  const network: Rehearsal = {
    join: () => Promise.reject(new Error('nobody is met')),
    rehearse: ({ kind }) => void kinds.push(kind),
  };
  const exe = new Executor({ environment: init(plain(3), 0, network), program: regression(4, 0.1) });
  await exe.load(undefined, { allowMissing });
  await exe.run({ batch: 10, feed: { x: fed([10, 4]), y: fed([10, 1]) } });
  expect(await exe.save()).toBeUndefined();
  await exe.close();
  expect(kinds).toEqual(expected);
});

const fed = (shape: readonly number[]) => new Shared(shape, { name: 'x' });
