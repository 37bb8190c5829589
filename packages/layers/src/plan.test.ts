import { describe, expect, it } from 'vitest';
import { chatty } from './fixture/chatty.js';
import { job } from './fixture/parties.js';
import { regression, sample } from './fixture/regression.js';
import { data, Executor, layers, type Program, plan, program, reveal, type Variable } from './index.js';

const features = 13;
const batch = 10;

/** What `steps` runs after a first one take, in rounds and bytes by rank. */
const measure = async (
  fused: boolean,
  p: Program,
  { steps, fetchList = [] }: { steps: number; fetchList?: readonly string[] },
) => {
  const { environments, network } = job(chatty(fused));
  const { x, y } = sample(batch, features);
  const executors = environments.map((environment) => new Executor({ environment, program: p }));
  const everyone = <T>(body: (exe: Executor, rank: number) => Promise<T>) => Promise.all(executors.map(body));
  const shared = await everyone((exe) =>
    exe.share({
      x: { owner: 0, shape: [batch, features], values: x },
      y: { owner: 0, shape: [batch, 1], values: y },
    }),
  );
  const run = (exe: Executor, rank: number) => exe.run({ feed: { ...shared[rank]! }, fetchList });
  await everyone(run);
  const before = { rounds: network.rounds, bytes: network.channels.map((c) => c.traffic.sent.bytes) };
  await everyone((exe, rank) => Promise.all(Array.from({ length: steps }, () => run(exe, rank))));
  const bytes = network.channels.map((c, i) => (c.traffic.sent.bytes - before.bytes[i]!) / steps);
  const measured = { rounds: network.rounds - before.rounds, bytes };
  await everyone((exe) => exe.close());
  return measured;
};

describe('plan', () => {
  const p = regression(features, 0.05);

  it.each([
    { fused: true, rounds: 5, perStep: 4 },
    { fused: false, rounds: 7, perStep: 6 },
  ])(
    'knows the rounds and bytes of a regression step (fused: $fused)',
    async ({ fused, rounds, perStep }) => {
      const planned = plan(p, chatty(fused), { batch, fetchList: ['loss'] });
      expect(planned.rounds).toBe(rounds);
      expect(planned.roundsPerStep).toBe(perStep);
      const one = await measure(fused, p, { steps: 1, fetchList: ['loss'] });
      expect(one).toEqual({ rounds, bytes: planned.bytes });
    },
  );

  it('overlaps steps: each further one adds only what its parameters wait for', async () => {
    const planned = plan(p, chatty(true), { batch, fetchList: ['loss'] });
    const many = await measure(true, p, { steps: 20, fetchList: ['loss'] });
    expect(many).toEqual({ rounds: planned.rounds + 19 * planned.roundsPerStep, bytes: planned.bytes });
  });

  it('does not compute what nobody fetches', () => {
    const without = plan(p, chatty(true), { batch });
    const names = (ops: readonly { op: string }[]) => ops.map(({ op }) => op).sort();
    expect(names(without.ops)).toEqual(['product', 'product', 'truncate']);
    expect(without.rounds).toBe(4);
    expect(without.initial).toEqual({ rounds: 3, bytes: [312, 312, 312] });
  });

  it('lets independent products share their rounds', () => {
    const wide = program(() => {
      const [a, b] = ['a', 'b'].map((name) => data({ name, shape: [4, 4] })) as [Variable, Variable];
      const [left, right] = [layers.matmul(a, a), layers.matmul(b, b)];
      reveal(layers.sum(layers.matmul(left, right)));
    });
    expect(plan(wide, chatty(true), { fetchList: [`reveal_${wide.nodes.length - 1}`] }).rounds).toBe(5);
  });

  it('tells each op: where it comes from and when it starts', () => {
    const { ops } = plan(p, chatty(true), { batch, fetchList: ['loss'] });
    const rows = ops.map(({ op, start, rounds: r, shape }) => [op, shape.join('x'), start, r]);
    expect(rows).toEqual([
      ['product', `${batch}x1`, 0, 2],
      ['product', `${features}x1`, 2, 2],
      ['truncate', '1', 2, 2],
      ['product', '', 2, 2],
      ['reveal', '', 4, 1],
    ]);
  });
});
