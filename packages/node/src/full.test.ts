/** A disk without room, by a small file system in memory; that takes the rights to mount one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { TestFederation } from './fixture/federation.js';
import { end, grantAll, shareAll, trainingWork, twin } from './fixture/training.js';

const disk = mkdtempSync(join(tmpdir(), 'triad-full-'));
const hasDisk = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk]).status === 0;
afterAll(() => {
  if (hasDisk) spawnSync('umount', ['-l', disk]);
  rmdirSync(disk);
});

let federation: TestFederation;
let data: string;
afterEach(async () => {
  await federation.close();
  await rm(data, { recursive: true, force: true });
});

const start = async (): Promise<void> => {
  federation = await TestFederation.start(['alice', 'bob', 'carol'], { checkpointEvery: 5 });
  await federation.nodes.get(1)!.close();
  data = join(disk, 'data');
  await federation.startNode(1, { folder: data });
};

/** Takes all room but so many bytes; resolves to what gives it back. */
const fill = async (left: number): Promise<() => Promise<void>> => {
  const path = join(disk, 'filler');
  const { bavail, bsize } = await statfs(disk);
  // The node writes meanwhile: it may be faster.
  await writeFile(path, Buffer.alloc(Math.max(0, bavail * bsize - left))).catch(() => {});
  return () => rm(path);
};

describe.skipIf(!hasDisk)('a node whose disk is full', () => {
  it('refuses an upload, and keeps nothing of it', async () => {
    await start();
    const columns = Array.from({ length: 16 }, (_, i) => `column${i}`);
    await federation.deal(
      'alice',
      'big',
      columns,
      Array.from({ length: 30_000 }, (_, i) => columns.map(() => i)),
    );
    const alice = await federation.client('alice');
    await expect(alice.upload(federation.sharePath('alice', 'big', 1))).rejects.toMatchObject({
      code: 'limit',
      party: 1,
      message: expect.stringMatching(/no space left/i),
      remedy: expect.stringMatching(/make room/),
    });
    for (const name of ['uploads', 'data']) expect(await readdir(join(data, name))).toEqual([]);
    await shareAll(federation);
  });

  it('ends a job at all nodes, naming itself; with room again, the job is resumed', async () => {
    await start();
    await shareAll(federation);
    const job = trainingWork(200);
    await grantAll(federation, job);
    const carol = await federation.client('carol');
    const id = await carol.submit(job);
    const { node } = federation.nodes.get(1)!;
    while (node.job('carol', id).unit < 50) await sleep(5);
    const free = await fill(0);
    expect(await end(carol, id)).toMatchObject({
      phase: 'failed',
      trouble: { party: 1, remedy: expect.stringMatching(/make room/) },
    });
    for (const rank of [0, 1, 2])
      while (federation.nodes.get(rank)!.node.job('carol', id).phase !== 'failed') await sleep(20);
    await free();
    await carol.resume(id);
    expect(await end(carol, id)).toMatchObject({ phase: 'done' });
    const { w, cost } = await carol.result(id);
    expect(cost!.shape).toEqual([200 * 7]);
    for (const [i, value] of twin(200).entries()) expect(Math.abs(w!.data[i]! - value)).toBeLessThan(2e-3);
  });
});
