import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FloatTwin, type NdArray, Program } from '@triad/layers';
import type { Work } from '@triad/node';
import { afterEach, describe, expect, it } from 'vitest';
import { houseWork } from '../federated/work.js';
import { Nodes } from '../fixture/nodes.js';
import { hasRedis } from '../fixture/redis.js';
import { records, sourceFile } from '../fixture/triad.js';
import { features, prices } from '../house-price/houses.js';

let nodes: Nodes | undefined;
afterEach(async () => {
  await nodes?.stop();
  nodes = undefined;
});

/** What the same work gives in the open. */
const twinOf = (work: Work, epochs: number): { readonly predictions: NdArray; readonly bias: number } => {
  const read = (name: string) => Program.parse(new TextEncoder().encode(work.programs[name]!));
  const twin = new FloatTwin(read('train'));
  const [city, agency, price] = [features('city', 'train'), features('agency', 'train'), prices('train')];
  const rows = price.shape[0]!;
  for (let epoch = 0; epoch < epochs; epoch++)
    for (let start = 0; start < rows; start += 32) {
      const end = Math.min(rows, start + 32);
      twin.run({
        feed: { city: city.rows(start, end), agency: agency.rows(start, end), price: price.rows(start, end) },
      });
    }
  const scoring = new FloatTwin(read('predict'), Object.fromEntries(twin.parameters));
  const feed = { city: features('city', 'heldOut'), agency: features('agency', 'heldOut') };
  return {
    predictions: scoring.run({ feed, fetchList: ['predictions'] })[0]!,
    bias: twin.parameters.get('bias')!.data[0]!,
  };
};

const grantAll = async (all: Nodes, file: string): Promise<void> => {
  for (const set of ['city/houses', 'city/new', 'agency/houses', 'agency/prices', 'agency/new'])
    await all.as(set.split('/')[0]!, 'grant', file, '--set', set, '--submitters', 'analyst');
};

const expectResult = async (all: Nodes, id: string, work: Work, epochs: number): Promise<void> => {
  const out = join(all.folder, 'results');
  await all.as('analyst', 'reveal', id, '--out', out, '--format', 'json');
  const found = JSON.parse(await readFile(join(out, 'predictions.json'), 'utf8')) as number[][];
  const bias = JSON.parse(await readFile(join(out, 'bias.json'), 'utf8')) as number[];
  const twin = twinOf(work, epochs);
  expect(found).toHaveLength(102);
  for (const [i, [price]] of found.entries())
    expect(Math.abs(price! - twin.predictions.data[i]!)).toBeLessThan(0.05);
  expect(Math.abs(bias[0]! - twin.bias)).toBeLessThan(0.05);
};

describe.skipIf(!hasRedis)('three nodes, two owners and an analyst, each a process', () => {
  it('go from CSV to predictions', { timeout: 120_000 }, async () => {
    nodes = await Nodes.start();
    await nodes.shareHouses();
    const file = sourceFile('federated/work.ts');
    await grantAll(nodes, file);
    const said = await nodes.as('analyst', 'job', 'submit', file, '--watch', '--json');
    const [{ id }, ...states] = records<{ readonly id: string; readonly phase?: string }>(said) as [
      { id: string },
    ];
    expect(states.at(-1)).toMatchObject({ phase: 'done', attempts: 1 });
    await expectResult(nodes, id, houseWork(20), 20);
    await expect(nodes.as('city', 'reveal', id, '--out', nodes.folder)).rejects.toThrow(
      /reveals nothing to city/,
    );
    await expect(nodes.as('analyst', 'job', 'submit', file)).rejects.toThrow(/used up/);
    const ended = await nodes.stop();
    nodes = undefined;
    for (const { code } of ended) expect(code).toBe(0);
  });

  it('lose nothing when any of them is killed, again and again', { timeout: 300_000 }, async () => {
    const kills = 20;
    const epochs = 1000;
    nodes = await Nodes.start();
    await nodes.shareHouses();
    const file = join(nodes.folder, 'work.json');
    const job = houseWork(epochs);
    await writeFile(file, JSON.stringify(job));
    await grantAll(nodes, file);
    const [{ id }] = records<{ readonly id: string }>(
      await nodes.as('analyst', 'job', 'submit', file, '--json'),
    ) as [{ id: string }];
    const state = async () => {
      const listed = await nodes!.as('analyst', 'job', 'list', '--json');
      return records<{ readonly unit: number; readonly phase: string; readonly attempts: number }>(
        listed,
      )[0]!;
    };
    let random = 12345;
    const next = (below: number) => {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      return Math.floor((random / 2 ** 32) * below);
    };
    for (let killed = 0; killed < kills; killed++) {
      await sleep(next(900));
      expect((await state()).phase).not.toBe('done');
      const rank = next(3);
      await nodes.kill(rank);
      await nodes.startNode(rank);
    }
    const deadline = Date.now() + 120_000;
    while ((await state()).phase !== 'done' && Date.now() < deadline) await sleep(200);
    expect(await state()).toMatchObject({ phase: 'done', attempts: expect.toSatisfy((n: number) => n > 5) });
    await expectResult(nodes, id, job, epochs);
  });
});
