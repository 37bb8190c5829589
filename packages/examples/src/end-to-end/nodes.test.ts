import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { houseWork } from '../federated/work.js';
import { expectHouseResult, grantHouses } from '../fixture/house-job.js';
import { Nodes } from '../fixture/nodes.js';
import { hasRedis } from '../fixture/redis.js';
import { records, sourceFile } from '../fixture/triad.js';

let nodes: Nodes | undefined;
afterEach(async () => {
  await nodes?.stop();
  nodes = undefined;
});

describe.skipIf(!hasRedis)('three nodes, two owners and an analyst, each a process', () => {
  it('go from CSV to predictions', { timeout: 120_000 }, async () => {
    nodes = await Nodes.start();
    await nodes.shareHouses();
    const file = sourceFile('federated/work.ts');
    await grantHouses(nodes, file);
    const said = await nodes.as('analyst', 'job', 'submit', file, '--watch', '--json');
    const [{ id }, ...states] = records<{ readonly id: string; readonly phase?: string }>(said) as [
      { id: string },
    ];
    expect(states.at(-1)).toMatchObject({ phase: 'done', attempts: 1 });
    await expectHouseResult(nodes, id, houseWork(20));
    await expect(nodes.as('city', 'reveal', id, '--out', nodes.folder)).rejects.toThrow(
      /reveals nothing to city/,
    );
    await expect(nodes.as('analyst', 'job', 'submit', file)).rejects.toThrow(/used up/);
    const ended = await nodes.stop();
    nodes = undefined;
    for (const { code } of ended) expect(code).toBe(0);
  });

  it('lose nothing when any of them is killed, again and again, or all at once', {
    timeout: 300_000,
  }, async () => {
    const kills = 20;
    const epochs = 1000;
    nodes = await Nodes.start();
    await nodes.shareHouses();
    const file = join(nodes.folder, 'work.json');
    const job = houseWork(epochs);
    await writeFile(file, JSON.stringify(job));
    await grantHouses(nodes, file);
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
      // Once all of them at the same time.
      const ranks = killed === kills / 2 ? [0, 1, 2] : [next(3)];
      await Promise.all(ranks.map((rank) => nodes!.kill(rank)));
      await Promise.all(ranks.map((rank) => nodes!.startNode(rank)));
    }
    const deadline = Date.now() + 120_000;
    while ((await state()).phase !== 'done' && Date.now() < deadline) await sleep(200);
    expect(await state()).toMatchObject({ phase: 'done', attempts: expect.toSatisfy((n: number) => n > 5) });
    await expectHouseResult(nodes, id, job);
  });
});
