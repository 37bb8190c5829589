import { open, readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { TestFederation } from './fixture/federation.js';
import { end, grantAll, rows, sample, shareAll, trainingWork } from './fixture/training.js';

let federation: TestFederation;
afterEach(() => federation.close());

/** The share files of a node, largest first. */
const shareFiles = async (rank: number): Promise<string[]> => {
  const folder = join(federation.folder, `node-${rank}`, 'data');
  return (await readdir(folder)).map((name) => join(folder, name));
};

const flip = async (path: string): Promise<void> => {
  const file = await open(path, 'r+');
  const { size } = await file.stat();
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, size - 5);
  byte[0]! ^= 1;
  await file.write(byte, 0, 1, size - 5);
  await file.close();
};

/** Owners send a node the files they have. */
const resend = async (rank: number): Promise<void> => {
  for (const [role, name] of [
    ['alice', 'x'],
    ['bob', 'y'],
  ] as const)
    await (await federation.client(role)).upload(federation.sharePath(role, name, rank));
};

const start = async () => {
  federation = await TestFederation.start(['alice', 'bob', 'carol']);
  await shareAll(federation);
  const job = trainingWork(2);
  await grantAll(federation, job, 5);
  return { job, carol: await federation.client('carol') };
};

describe('a job', () => {
  it('ends at all nodes when a share is damaged at one, and goes on with the share sent again', async () => {
    const { job, carol } = await start();
    for (const file of await shareFiles(2)) await flip(file);
    const id = await carol.submit(job);
    expect(await end(carol, id)).toMatchObject({
      phase: 'failed',
      trouble: {
        party: 2,
        what: expect.stringMatching(/node.*share of '(alice\/x|bob\/y)' is damaged.*words/),
        remedy: expect.stringMatching(/send the same files again/),
      },
    });
    for (const rank of [0, 1, 2])
      while (federation.nodes.get(rank)!.node.job('carol', id).phase !== 'failed') await sleep(50);
    await resend(2);
    await carol.resume(id);
    expect(await end(carol, id)).toMatchObject({ phase: 'done' });
  });

  it('ends at all nodes when a share is gone at one', async () => {
    const { job, carol } = await start();
    for (const file of await shareFiles(1)) await rm(file);
    const id = await carol.submit(job);
    expect(await end(carol, id)).toMatchObject({
      phase: 'failed',
      trouble: { party: 1, what: expect.stringMatching(/damaged: its file is gone/) },
    });
  });

  it('is refused where a node has the share of other data under the name', async () => {
    federation = await TestFederation.start(['alice', 'bob', 'carol']);
    await shareAll(federation);
    const alice = await federation.client('alice');
    await federation.deal('alice', 'x', ['a', 'b', 'c'], sample(rows).x);
    await federation.nodes.get(2)!.node.remove('alice', { owner: 'alice', name: 'x' });
    await alice.upload(federation.sharePath('alice', 'x', 2));
    const job = trainingWork(2);
    await expect(grantAll(federation, job)).rejects.toMatchObject({
      code: 'bad-argument',
      party: 2,
      message: expect.stringMatching(/the grant is for other data than 'alice\/x' is here/),
    });
    const carol = await federation.client('carol');
    await expect(carol.submit(job)).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('a node', () => {
  it('starts with a damaged share, tells of it, and takes it again', async () => {
    const { job, carol } = await start();
    const [file] = await shareFiles(0);
    await federation.nodes.get(0)!.close();
    await truncate(file!, 100);
    await federation.startNode(0);
    await expect((await federation.client('carol')).submit(job)).rejects.toMatchObject({
      code: 'mismatch',
      party: 0,
      message: expect.stringMatching(/this node's share of '(alice\/x|bob\/y)' is damaged/),
    });
    await resend(0);
    const fresh = await federation.client('carol');
    expect(await end(fresh, await fresh.submit(job))).toMatchObject({ phase: 'done' });
    await carol.close();
  });
});
