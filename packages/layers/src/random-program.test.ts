import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runPlain } from './fixture/encrypted.js';
import { errorBounds } from './fixture/error-bound.js';
import { build, chains, choices, feeds, ops } from './fixture/random-program.js';
import { FloatTwin, gradients, layers, type NdArray, type Program, reveal, type Variable } from './index.js';
import { nameOf } from './program.js';

const seed = 20261123;

/** The exact value of every node. */
const exactly = (p: Program, feed: Record<string, NdArray>): NdArray[] =>
  new FloatTwin(p).run({ feed, fetchList: p.nodes.map(nameOf) });

const revealed = (p: Program): string[] => p.nodes.filter(({ kind }) => kind === 'reveal').map(nameOf);

/** Runs the program in fixed point and holds every revealed value to its derived bound. */
const check = async (p: Program, feed: Record<string, NdArray>): Promise<void> => {
  const exact = exactly(p, feed);
  fc.pre(exact.every(({ data }) => data.every((v) => Math.abs(v) < 2 ** 8)));
  const bounds = errorBounds(p, exact);
  const names = revealed(p);
  const computed = await runPlain(p, feed, names);
  for (const [k, name] of names.entries()) {
    const { id } = p.variable(name).node;
    expect(computed[k]!.shape).toEqual(exact[id]!.shape);
    for (const [i, v] of exact[id]!.data.entries()) {
      expect(Math.abs(computed[k]!.data[i]! - v)).toBeLessThanOrEqual(bounds[id]!.data[i]!);
    }
  }
};

describe('random programs in fixed point', () => {
  it('stay within the error their nodes add up to', async () => {
    await fc.assert(
      fc.asyncProperty(choices(16), feeds, (list, feed) =>
        check(
          build(list, (last) => void reveal(last)),
          feed,
        ),
      ),
      { numRuns: 1000, seed },
    );
  });

  it('have gradients within the error their nodes add up to', async () => {
    await fc.assert(
      fc.asyncProperty(choices(10), feeds, (list, feed) =>
        check(
          build(list, (last, data) => differentiate(last, data)),
          feed,
        ),
      ),
      { numRuns: 1000, seed },
    );
  });
});

describe('chains of three ops after a product', () => {
  const [feed] = fc.sample(feeds, { numRuns: 1, seed });

  it.each(ops.map((first, i) => ({ first, i })))(
    'stay within their error (first op $i)',
    async ({ first }) => {
      await check(
        chains(first, (x) => void reveal(x)),
        feed!,
      );
    },
  );
});

/** Reveals the gradients by all data the value depends on. */
const differentiate = (last: Variable, data: readonly Variable[]): void => {
  const used = dataOf(last, data);
  if (used.length === 0) return void reveal(last);
  for (const gradient of gradients(layers.sum(last), used)) {
    if (gradient.visibility === 'secret') reveal(gradient);
  }
  reveal(last);
};

const dataOf = ({ program, node }: Variable, data: readonly Variable[]): Variable[] => {
  const needed = new Set([node.id]);
  for (let id = node.id; id >= 0; id--)
    if (needed.has(id)) for (const i of program.nodes[id]!.inputs) needed.add(i);
  return data.filter((x) => needed.has(x.node.id));
};
