import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keys } from '@triad/net';
import { afterEach, describe, expect, it } from 'vitest';
import { TestFederation } from './fixture/federation.js';
import { end, grantAll, shareAll, trainingWork, twin } from './fixture/training.js';
import { verifyAudit } from './index.js';

let federation: TestFederation;
afterEach(() => federation.close());

describe('three nodes', () => {
  it('train on the data of two owners, and a third role alone gets the model', {
    timeout: 60_000,
  }, async () => {
    federation = await TestFederation.start(['alice', 'bob', 'carol']);
    await shareAll(federation);
    const job = trainingWork(4);
    await grantAll(federation, job);
    const carol = await federation.client('carol');
    const id = await carol.submit(job);
    expect(await end(carol, id)).toMatchObject({ phase: 'done', submitter: 'carol' });
    const result = await carol.result(id);
    expect(Object.keys(result).sort()).toEqual(['cost', 'w']);
    const expected = twin(4);
    for (const [i, value] of result.w!.data.entries())
      expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-3);
    expect(result.cost!.shape).toEqual([28]);
    expect(result.cost!.data.at(-1)).toBeLessThan(result.cost!.data[0]! / 4);
    const alice = await federation.client('alice');
    await expect(alice.result(id)).rejects.toMatchObject({ code: 'refused' });
    for (const { used } of await alice.grants()) expect(used).toBe(1);
    expect(await alice.grants()).not.toHaveLength(0);
  });

  it('refuse what owners have not signed for, each by itself, and say why', { timeout: 60_000 }, async () => {
    federation = await TestFederation.start(['alice', 'bob', 'carol', 'mallory']);
    await shareAll(federation);
    const carol = await federation.client('carol');
    const job = trainingWork(1);
    const refused = (what: RegExp) =>
      expect.objectContaining({ code: 'refused', message: expect.stringMatching(what) });
    await expect(carol.submit(job)).rejects.toEqual(
      refused(/alice lets carol use no 'alice\/x' that is here/),
    );
    await grantAll(federation, job);
    await expect(carol.submit(trainingWork(1, true))).rejects.toEqual(
      refused(/reveals 'train.rows' to carol, which alice did not sign/),
    );
    await expect(carol.submit(trainingWork(2))).rejects.toEqual(refused(/alice signed for other stages/));
    await expect((await federation.client('mallory')).submit(job)).rejects.toEqual(
      refused(/alice lets mallory use no 'alice\/x'/),
    );
    const id = await carol.submit(job);
    await end(carol, id);
    await expect(carol.submit(job)).rejects.toEqual(refused(/used up/));
    const mallory = await federation.client('mallory');
    await expect(mallory.job(id)).rejects.toMatchObject({ code: 'bad-argument' });
    for (const rank of [0, 1, 2]) {
      const path = join(federation.folder, `node-${rank}`, 'audit.log');
      const text = await readFile(path, 'utf8');
      for (const reason of [
        'lets carol use no',
        'did not sign',
        'other stages',
        'lets mallory use no',
        'used up',
      ])
        expect(text).toContain(reason);
      await verifyAudit(path);
    }
  });

  it('take no connection without a certificate of theirs', async () => {
    federation = await TestFederation.start(['alice']);
    const [stranger] = await keys('houses', ['alice']);
    await expect(federation.client('alice', stranger)).rejects.toMatchObject({ code: 'timeout' });
    const url = federation.nodes.get(0)!.url;
    await expect(fetch(`${url}/v1/status`)).rejects.toThrow();
  });

  it('tell those who run them how they are', async () => {
    federation = await TestFederation.start(['alice'], { operations: '127.0.0.1:0' });
    const { operations } = federation.nodes.get(1)!;
    expect(await (await fetch(`${operations}/health`)).json()).toMatchObject({
      federation: 'houses',
      role: '1',
    });
    expect((await fetch(`${operations}/ready`)).status).toBe(200);
    const metrics = await (await fetch(`${operations}/metrics`)).text();
    expect(metrics).toContain('triad_jobs{phase="running",federation="houses",role="1"} 0');
    expect((await fetch(`${operations}/v1/data`)).status).toBe(404);
    expect((await fetch(`${operations}/health`, { method: 'POST' })).status).toBe(405);
  });

  it('go on from a checkpoint when one of them has been stopped, and started again', {
    timeout: 60_000,
  }, async () => {
    federation = await TestFederation.start(['alice', 'bob', 'carol'], { checkpointEvery: 5 });
    await shareAll(federation);
    const job = trainingWork(60);
    await grantAll(federation, job);
    const carol = await federation.client('carol');
    const id = await carol.submit(job);
    const { node } = federation.nodes.get(0)!;
    while (node.job('carol', id).unit < 30) await new Promise((resolve) => setTimeout(resolve, 5));
    await federation.nodes.get(2)!.close();
    await federation.startNode(2);
    expect(await end(carol, id)).toMatchObject({
      phase: 'done',
      attempts: expect.toSatisfy((n: number) => n > 1),
    });
    const fresh = await federation.client('carol');
    const { w, cost } = await fresh.result(id);
    expect(cost!.shape).toEqual([60 * 7]);
    const expected = twin(60);
    for (const [i, value] of w!.data.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-3);
  });

  it('lose no attempt to connections that are cut for 1, 10 and 30 seconds', {
    timeout: 120_000,
  }, async () => {
    federation = await TestFederation.start(['alice', 'bob', 'carol']);
    await shareAll(federation);
    const epochs = 200;
    const job = trainingWork(epochs);
    await grantAll(federation, job);
    const carol = await federation.client('carol');
    const id = await carol.submit(job);
    const { node } = federation.nodes.get(2)!;
    const reach = async (unit: number) => {
      while (node.job('carol', id).unit < unit) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    for (const [i, seconds] of [1, 10, 30].entries()) {
      await reach(100 + 400 * i);
      await federation.cutters.get(i % 2)!.cut(1000 * seconds);
      expect(node.job('carol', id).phase).toBe('running');
    }
    while (node.job('carol', id).phase === 'running') await new Promise((resolve) => setTimeout(resolve, 50));
    expect(node.job('carol', id)).toMatchObject({ phase: 'done', attempts: 1 });
    const { w } = await (await federation.client('carol')).result(id);
    const expected = twin(epochs);
    for (const [i, value] of w!.data.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-3);
  });

  it('show losses to their result party alone, while a job goes on', { timeout: 60_000 }, async () => {
    federation = await TestFederation.start(['alice', 'bob', 'carol'], { checkpointEvery: 5 });
    await shareAll(federation);
    const job = trainingWork(150);
    await grantAll(federation, job);
    const carol = await federation.client('carol');
    const id = await carol.submit(job);
    for (const { node } of federation.nodes.values())
      while (node.job('carol', id).settled < 40) await new Promise((resolve) => setTimeout(resolve, 5));
    const { cost, w } = await carol.numbersSoFar(id);
    expect(w).toBeUndefined();
    expect(cost!.shape[0]).toBeGreaterThanOrEqual(40);
    expect(cost!.shape[0]).toBeLessThanOrEqual(1000);
    await expect((await federation.client('alice')).numbersSoFar(id)).rejects.toMatchObject({
      code: 'refused',
    });
    await federation.nodes.get(1)!.close();
    await federation.startNode(1);
    await end(carol, id);
    const all = (await (await federation.client('carol')).result(id)).cost!.data;
    // What was shown is what is revealed in the end, though a node was stopped meanwhile.
    expect([...cost!.data]).toEqual([...all.subarray(0, cost!.data.length)]);
  });

  it('do several jobs at once, and neither sees the other', { timeout: 60_000 }, async () => {
    federation = await TestFederation.start(['alice', 'bob', 'carol']);
    await shareAll(federation);
    const jobs = [trainingWork(3), trainingWork(5)];
    for (const job of jobs) await grantAll(federation, job);
    const carol = await federation.client('carol');
    const ids = await Promise.all(jobs.map((job) => carol.submit(job)));
    await Promise.all(ids.map((id) => end(carol, id)));
    const results = await Promise.all(ids.map((id) => carol.result(id)));
    for (const [k, epochs] of [3, 5].entries())
      for (const [i, value] of results[k]!.w!.data.entries())
        expect(Math.abs(value - twin(epochs)[i]!)).toBeLessThan(1e-3);
  });
});
