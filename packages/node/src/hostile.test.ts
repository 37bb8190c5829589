/** What roles with certificates may not do: asked of each node directly, past the client. */
import { randomBytes } from 'node:crypto';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { manifestDigest, openFile, openShare } from '@triad/data';
import { canonicalJson, constant, data, layers, parameter, program, reveal } from '@triad/layers';
import { readFederation, signer } from '@triad/net';
import { afterEach, describe, expect, it } from 'vitest';
import { NodeConnection } from './client/request.js';
import { TestFederation } from './fixture/federation.js';
import { end, grantAll, inputs, rows, sample, shareAll, trainingWork } from './fixture/training.js';
import { type GrantState, type Work, work } from './index.js';
import { grantLabel } from './policy/grant.js';

let federation: TestFederation;
const open: NodeConnection[] = [];
afterEach(async () => {
  for (const node of open.splice(0)) node.close();
  await federation.close();
});

const ranks = [0, 1, 2] as const;

const asked = (rank: number, role: string): NodeConnection => {
  const identity = federation.identities.get(role)!;
  const node = new NodeConnection(
    rank,
    federation.nodes.get(rank)!.url,
    identity,
    readFederation(identity).name,
  );
  open.push(node);
  return node;
};

const submit = (
  rank: number,
  role: string,
  job: Work,
  id = randomBytes(16).toString('hex'),
): Promise<unknown> => asked(rank, role).json({ method: 'POST', path: '/v1/jobs', json: { id, work: job } });

const start = async (roles: readonly string[] = []) => {
  federation = await TestFederation.start(['alice', 'bob', 'carol', ...roles]);
  await shareAll(federation);
};

/** Every node refuses, and writes the reason down. */
const refusedByAll = async (act: (rank: number) => Promise<unknown>, reason: RegExp): Promise<void> => {
  for (const rank of ranks) {
    await expect(act(rank)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(reason),
    });
    expect(await federation.audit(rank)).toMatch(reason);
  }
};

const resumption = (job: string) => ({
  method: 'POST',
  path: `/v1/jobs/${job}/resume`,
  json: { id: '9a'.repeat(16) },
});

/** A stage of the training, with its program given as text. */
const withProgram = (change: (text: string) => string): Work => {
  const job = trainingWork(1);
  return { ...job, programs: { train: change(job.programs.train!) } };
};

describe('every node by itself refuses, and writes down,', () => {
  it('what nobody has signed for, changed programs, and jobs that were there before', async () => {
    await start(['mallory']);
    const job = trainingWork(1);
    await refusedByAll(
      (rank) => submit(rank, 'carol', job),
      /alice lets carol use no 'alice\/x' that is here/,
    );
    await grantAll(federation, job, 3);
    await refusedByAll(
      (rank) => submit(rank, 'mallory', job),
      /alice lets mallory use no 'alice\/x' that is here/,
    );
    const changed = withProgram((text) => text.replaceAll('0.5', '0.25'));
    expect(changed).not.toEqual(job);
    await refusedByAll(
      (rank) => submit(rank, 'carol', changed),
      /program 'train' .* is not the one alice signed/,
    );
    await refusedByAll(
      (rank) => submit(rank, 'carol', trainingWork(1, true)),
      /reveals 'train.rows' to carol/,
    );
    const carol = await federation.client('carol');
    const id = await carol.submit(job);
    await end(carol, id);
    await refusedByAll((rank) => submit(rank, 'carol', job, id), /was submitted before/);
  });

  it("other owners' data and grants", async () => {
    await start(['mallory']);
    const job = trainingWork(1);
    await grantAll(federation, job);
    const alice = await federation.client('alice');
    const [{ grant }] = (await alice.grants()) as [GrantState];
    const put = (rank: number, json: unknown) =>
      asked(rank, 'mallory').json({ method: 'PUT', path: '/v1/grants', json });
    await refusedByAll((rank) => put(rank, grant), /mallory does not own 'alice\/x'/);
    const sign = signer(federation.identities.get('mallory')!);
    const forge = (terms: Record<string, unknown>) => ({
      terms,
      signature: Buffer.from(sign(grantLabel, canonicalJson(terms))).toString('hex'),
    });
    const own = { ...grant.terms, submitters: ['mallory'] };
    await refusedByAll((rank) => put(rank, forge(own)), /not signed by alice/);
    await refusedByAll((rank) => put(rank, forge({ ...own, owner: 'mallory' })), /mallory does not own/);
    const path = '/v1/data/alice/x';
    await refusedByAll(
      (rank) => asked(rank, 'mallory').json({ method: 'DELETE', path }),
      /mallory does not own/,
    );
    for (const rank of ranks)
      for (const list of ['/v1/data', '/v1/grants', '/v1/jobs'])
        expect(await asked(rank, 'mallory').json({ method: 'GET', path: list })).toEqual([]);
  });

  it('to end, resume, see or collect a job that is not for the one who asks', async () => {
    await start(['mallory']);
    const job = trainingWork(1);
    await grantAll(federation, job);
    const carol = await federation.client('carol');
    const id = await carol.submit(job);
    await end(carol, id);
    for (const rank of ranks)
      while (federation.nodes.get(rank)!.node.job('carol', id).phase !== 'done') await sleep(20);
    await refusedByAll(
      (rank) => asked(rank, 'alice').bytes({ method: 'GET', path: `/v1/jobs/${id}/result` }),
      /reveals nothing to alice/,
    );
    await refusedByAll((rank) => asked(rank, 'alice').json(resumption(id)), /alice may not resume/);
    for (const rank of ranks)
      for (const path of [`/v1/jobs/${id}`, `/v1/jobs/${id}/events`, `/v1/jobs/${id}/result`])
        await expect(asked(rank, 'mallory').bytes({ method: 'GET', path })).rejects.toMatchObject({
          code: 'bad-argument',
          message: expect.stringMatching(/mallory has no job/),
        });
  });
});

describe('a job that failed', () => {
  it('is not resumed on other data than was granted, nor after the owner has removed them', async () => {
    await start();
    const job = trainingWork(1);
    await grantAll(federation, job);
    const id = '34'.repeat(16);
    await submit(0, 'carol', job, id);
    await submit(1, 'carol', job, id);
    for (const rank of [0, 1])
      while (federation.nodes.get(rank)!.node.job('carol', id).phase !== 'failed') await sleep(50);
    const alice = await federation.client('alice');
    await alice.remove('x').catch(() => {});
    await federation.share('alice', 'x', ['a', 'b', 'c'], sample(rows, 1000).x);
    for (const rank of [0, 1]) {
      const { phase } = federation.nodes.get(rank)!.node.job('carol', id);
      expect(phase).toBe('cancelled');
      await expect(asked(rank, 'carol').json(resumption(id))).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringMatching(/alice has withdrawn it/),
      });
    }
  });

  it('can be cancelled by an owner of its data', async () => {
    await start();
    const job = trainingWork(1);
    await grantAll(federation, job);
    const id = '56'.repeat(16);
    await submit(0, 'carol', job, id);
    while (federation.nodes.get(0)!.node.job('carol', id).phase !== 'failed') await sleep(50);
    await asked(0, 'alice').json({ method: 'DELETE', path: `/v1/jobs/${id}` });
    expect(federation.nodes.get(0)!.node.job('carol', id).phase).toBe('cancelled');
  });
});

describe('data sets', () => {
  it('of one id with other rows at each node are not taken for the same', async () => {
    federation = await TestFederation.start(['alice', 'carol']);
    const digests: string[] = [];
    for (const rank of ranks) {
      await federation.deal(
        'alice',
        'x',
        ['a'],
        Array.from({ length: 10 + rank }, (_, i) => [i]),
      );
      const share = await openShare(await openFile(federation.sharePath('alice', 'x', rank)));
      digests.push(manifestDigest(share.manifest));
      await share.close();
      await (await federation.client('alice')).upload(federation.sharePath('alice', 'x', rank));
    }
    expect(new Set(digests).size).toBe(3);
    const job = work({
      programs: {
        m: program(() => void reveal(layers.mean(data({ name: 'x', shape: [null, 1] })), 'carol', 'm')),
      },
      inputs: { x: 'alice/x' },
      stages: [{ program: 'm', feed: { x: 'x' }, reveal: ['m'] }],
    });
    const alice = await federation.client('alice');
    await expect(alice.grant(job, { set: 'alice/x', submitters: ['carol'] })).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringMatching(/other data than 'alice\/x'/),
    });
  });
});

describe('a work', () => {
  const own = (of: () => void, more: Partial<Parameters<typeof work>[0]> = {}) =>
    work({
      programs: { p: program(of) },
      inputs: { x: inputs.x },
      stages: [{ program: 'p', feed: { x: 'x' } }],
      ...more,
    });
  const x = () => data({ name: 'x', shape: [null, 3] });

  it.each([
    [
      'without data',
      () =>
        own(() => void parameter({ name: 'w', shape: [1] }), {
          stages: [{ program: 'p', feed: {}, epochs: 2 ** 31 }],
        }),
      /uses no data set and no model/,
    ],
    [
      'that reveals to a node',
      () =>
        own(() => void reveal(layers.mean(x()), '0', 'm'), {
          stages: [{ program: 'p', feed: { x: 'x' }, reveal: ['m'] }],
        }),
      /nodes learn nothing/,
    ],
    [
      'of huge values',
      () => own(() => void layers.broadcastTo(layers.mean(x()), [2 ** 14, 2 ** 14])),
      /has 268435456 elements/,
    ],
    [
      'of huge public values',
      () => own(() => void layers.mul(layers.mean(x()), layers.broadcastTo(constant(1), [2 ** 12, 2 ** 12]))),
      /have 16777217 elements/,
    ],
    [
      'that would take long to compile',
      () =>
        own(() => {
          const wide = layers.broadcastTo(constant(1), [2 ** 10, 2 ** 10]);
          layers.mul(layers.mean(x()), layers.mean(layers.matmul(wide, wide)));
        }),
      /have 1073741824 multiplications/,
    ],
    [
      'with a product that would take long',
      () =>
        own(() => {
          const wide = layers.broadcastTo(layers.mean(x()), [2 ** 11, 2 ** 12]);
          layers.matmul(wide, layers.reshape(wide, [2 ** 12, 2 ** 11]));
        }),
      /has 17179869184 multiplications/,
    ],
  ])('%s is not taken', async (_, make, reason) => {
    await start();
    const job = make();
    for (const rank of ranks)
      await expect(submit(rank, 'carol', job)).rejects.toMatchObject({
        message: expect.stringMatching(reason),
      });
  });
});

describe('a node', () => {
  it('lives through a watcher that asks for a websocket and goes', async () => {
    await start();
    const job = trainingWork(2000);
    await grantAll(federation, job);
    const carol = await federation.client('carol');
    const id = await carol.submit(job);
    const { ca, cert, key } = federation.identities.get('carol')!;
    const socket = connect({
      port: federation.nodes.get(0)!.port,
      host: '127.0.0.1',
      ca,
      cert,
      key,
      checkServerIdentity: () => undefined,
    });
    const head = 'Host: node\r\n';
    socket.write(`GET /v1/jobs/${id}/events HTTP/1.1\r\n${head}\r\n`);
    await sleep(300);
    socket.write(`GET /job/x HTTP/1.1\r\n${head}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n`);
    await sleep(300);
    socket.destroy();
    await sleep(5500);
    expect((await carol.job(id)).phase).toBe('running');
    await carol.cancel(id);
  });

  it('gives no role all of its connections', async () => {
    await start(['mallory']);
    const { ca, cert, key } = federation.identities.get('mallory')!;
    const { port } = federation.nodes.get(0)!;
    const sockets = Array.from({ length: 80 }, () =>
      connect({ port, host: '127.0.0.1', ca, cert, key, checkServerIdentity: () => undefined }),
    );
    let closed = 0;
    for (const each of sockets) each.on('error', () => {}).on('close', () => closed++);
    while (closed < 16) await sleep(20);
    await sleep(300);
    expect(closed).toBe(16);
    await asked(0, 'alice').json({ method: 'GET', path: '/v1/status' });
    for (const each of sockets) each.destroy();
  });

  it('takes no names that could not be', async () => {
    await start();
    for (const name of ['%E2%80%A8', '..%2F..%2Fx', '%00'])
      await expect(
        asked(0, 'alice').json({ method: 'DELETE', path: `/v1/data/bob/${name}` }),
      ).rejects.toMatchObject({ code: 'bad-argument' });
  });

  it('writes a refusal down whose asker has gone', async () => {
    await start();
    const before = await federation.audit(0);
    const { ca, cert, key } = federation.identities.get('carol')!;
    const body = JSON.stringify({ id: '78'.repeat(16), work: trainingWork(1) });
    const asking = request({
      port: federation.nodes.get(0)!.port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/v1/jobs',
      headers: { 'content-type': 'application/json' },
      ca,
      cert,
      key,
      checkServerIdentity: () => undefined,
    });
    asking.on('error', () => {});
    asking.end(body, () => setTimeout(() => asking.destroy(), 2));
    while ((await federation.audit(0)) === before) await sleep(20);
    expect((await federation.audit(0)).slice(before.length)).toContain('"who":"carol"');
  });
});
