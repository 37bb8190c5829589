import { setTimeout as sleep } from 'node:timers/promises';
import { readFederation } from '@triad/net';
import { afterEach, describe, expect, it } from 'vitest';
import { NodeConnection } from './client/request.js';
import { TestFederation } from './fixture/federation.js';
import { end, grantAll, shareAll, trainingWork, twin } from './fixture/training.js';

let federation: TestFederation;
afterEach(() => federation.close());

const start = async (options = {}) => {
  federation = await TestFederation.start(['alice', 'bob', 'carol'], options);
  await shareAll(federation);
};

const phaseAt = (rank: number, id: string): string => federation.nodes.get(rank)!.node.job('carol', id).phase;

describe('a job', () => {
  it('is cancelled at a node, too, that was away when it was cancelled', async () => {
    await start();
    const job = trainingWork(2000);
    await grantAll(federation, job);
    const carol = await federation.client('carol');
    const id = await carol.submit(job);
    while (federation.nodes.get(1)!.node.job('carol', id).unit < 20) await sleep(5);
    await federation.nodes.get(1)!.close();
    expect(await (await federation.client('carol')).cancel(id)).toEqual([1]);
    await federation.startNode(1);
    while (phaseAt(1, id) !== 'cancelled') await sleep(50);
    expect([0, 2].map((rank) => phaseAt(rank, id))).toEqual(['cancelled', 'cancelled']);
    while (!(await federation.audit(1)).includes(`"kind":"cancelled"`)) await sleep(20);
    expect(await federation.audit(1)).toMatch(/"kind":"cancelled",.*"who":"carol"/);
  });

  it('of a million epochs is taken in, goes on, and is cancelled at once', async () => {
    await start();
    const job = trainingWork(2 ** 20);
    await grantAll(federation, job);
    const carol = await federation.client('carol');
    const id = await carol.submit(job);
    for (const rank of [0, 1, 2])
      while (federation.nodes.get(rank)!.node.job('carol', id).unit < 100) await sleep(5);
    expect(await carol.cancel(id)).toEqual([]);
    expect([0, 1, 2].map((rank) => phaseAt(rank, id))).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });

  it('that waits for others can be cancelled, and its node be stopped, also while there is no rendezvous', async () => {
    await start();
    const job = trainingWork(1);
    await grantAll(federation, job, 2);
    const own = federation.nodes.get(0)!.node;
    const ids = ['12'.repeat(16), '34'.repeat(16)];
    await federation.closeBoard();
    for (const id of ids) await own.submit('carol', id, job);
    // It has looked for the others, and asks now why they do not come.
    await sleep(11_000);
    await own.cancel('carol', ids[0]!);
    await federation.nodes.get(0)!.close();
    await expect(own.submit('carol', '56'.repeat(16), job)).rejects.toMatchObject({ code: 'closed' });
    expect(phaseAt(0, ids[0]!)).toBe('cancelled');
    expect(phaseAt(0, ids[1]!)).toBe('waiting');
  });

  it('fails where the others were never given it', async () => {
    await start();
    const job = trainingWork(1);
    await grantAll(federation, job);
    const identity = federation.identities.get('carol')!;
    const node = new NodeConnection(0, federation.nodes.get(0)!.url, identity, readFederation(identity).name);
    const id = '12'.repeat(16);
    await node.json({ method: 'POST', path: '/v1/jobs', json: { id, work: job } });
    node.close();
    while (phaseAt(0, id) !== 'failed') await sleep(50);
    expect(federation.nodes.get(0)!.node.job('carol', id).trouble).toMatchObject({
      what: expect.stringMatching(/node [12] was never given the job/),
      remedy: 'submit it again',
    });
  });

  it('shows itself and gives its results while a node is away', async () => {
    await start();
    const job = trainingWork(4);
    await grantAll(federation, job);
    const carol = await federation.client('carol');
    const id = await carol.submit(job);
    await end(carol, id);
    for (const rank of [0, 1, 2]) while (phaseAt(rank, id) !== 'done') await sleep(20);
    await federation.nodes.get(0)!.close();
    expect(await carol.job(id)).toMatchObject({ phase: 'done' });
    expect(await end(carol, id)).toMatchObject({ phase: 'done' });
    await expect(carol.result(id)).rejects.toMatchObject({ code: 'peer-lost', party: 0 });
    const missing: number[] = [];
    const { w } = await carol.result(id, { onMissing: (node) => missing.push(node) });
    expect(missing).toEqual([0]);
    for (const [i, value] of w!.data.entries()) expect(Math.abs(value - twin(4)[i]!)).toBeLessThan(1e-3);
    await federation.nodes.get(1)!.close();
    await expect(carol.result(id, { onMissing: () => {} })).rejects.toMatchObject({ code: 'peer-lost' });
  });
});
