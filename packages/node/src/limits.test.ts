/** What a role may take of a node, and what a node does not take on. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { data, layers, program, reveal } from '@triad/layers';
import { readFederation } from '@triad/net';
import { afterEach, describe, expect, it } from 'vitest';
import { NodeConnection } from './client/request.js';
import { TestFederation } from './fixture/federation.js';
import { end, grantAll, shareAll, trainingWork } from './fixture/training.js';
import type { NodeOptions } from './index.js';
import { work } from './index.js';
import type { Grant } from './policy/grant.js';
import { openFolder } from './store/folder.js';
import { Grants } from './store/grants.js';
import { parseWork } from './work/parsed.js';

let federation: TestFederation | undefined;
afterEach(async () => {
  await federation?.close();
  federation = undefined;
});

const start = async (options: Partial<NodeOptions> = {}): Promise<TestFederation> => {
  federation = await TestFederation.start(['alice', 'bob', 'carol'], options);
  await shareAll(federation);
  return federation;
};

const asked = (own: TestFederation, role: string): NodeConnection => {
  const identity = own.identities.get(role)!;
  return new NodeConnection(0, own.nodes.get(0)!.url, identity, readFederation(identity).name);
};

describe('a role', () => {
  it('has so many jobs that are not over', async () => {
    const own = await start({ limits: { jobs: 1 } });
    const job = trainingWork(2000);
    await grantAll(own, job, 2);
    const carol = await own.client('carol');
    const id = await carol.submit(job);
    await expect(carol.submit(job)).rejects.toMatchObject({
      code: 'limit',
      message: expect.stringMatching(/carol has 1 jobs that are not over/),
    });
    await carol.cancel(id);
    await carol.cancel(await carol.submit(job));
  });

  it('uses up no grant by a job that is cancelled before it began', async () => {
    const own = await start();
    const job = trainingWork(1);
    await grantAll(own, job);
    const node = asked(own, 'carol');
    const id = randomBytes(16).toString('hex');
    await node.json({ method: 'POST', path: '/v1/jobs', json: { id, work: job } });
    const used = async () => (await (await own.client('alice')).grants()).map((grant) => grant.used);
    expect(await used()).toEqual([1]);
    await node.json({ method: 'DELETE', path: `/v1/jobs/${id}` });
    expect(await used()).toEqual([0]);
    await expect(
      node.json({ method: 'POST', path: '/v1/jobs', json: { id, work: job } }),
    ).rejects.toMatchObject({ code: 'refused' });
    expect(await used()).toEqual([0]);
    const carol = await own.client('carol');
    await end(carol, await carol.submit(job));
    expect(await used()).toEqual([1]);
  });

  it('makes so many requests in a minute, and leaves the others theirs', async () => {
    const own = await start({ limits: { requests: 40 } });
    const [carol, bob] = [asked(own, 'carol'), asked(own, 'bob')];
    const status = { method: 'GET', path: '/v1/status' };
    const answers = await Promise.allSettled(Array.from({ length: 60 }, () => carol.json(status)));
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(40);
    await expect(carol.json(status)).rejects.toMatchObject({ code: 'limit', remedy: 'wait a minute' });
    await bob.json(status);
    for (const node of [carol, bob]) node.close();
  });

  it('watches so many jobs at a time', async () => {
    const own = await start();
    const job = trainingWork(2 ** 20);
    await grantAll(own, job);
    const carol = await own.client('carol');
    const id = await carol.submit(job);
    const identity = own.identities.get('carol')!;
    const watch = async () => {
      const asking = request(`${own.nodes.get(0)!.url}/v1/jobs/${id}/events`, {
        ...identity,
        agent: false,
        checkServerIdentity: () => undefined,
      });
      asking.on('error', () => {}).end();
      const [response] = await once(asking, 'response');
      response.resume();
      return { status: response.statusCode as number, end: () => asking.destroy() };
    };
    const watches = [];
    for (let i = 0; i < 18; i++) watches.push(await watch());
    expect(watches.map(({ status }) => status)).toEqual([...Array(16).fill(200), 413, 413]);
    watches[0]!.end();
    while ((await watch()).status !== 200) await sleep(20);
    await carol.cancel(id);
  });

  it('has so many connections, and leaves the others theirs', async () => {
    const own = await start();
    const stay = async (role: string, count: number) => {
      const { port } = own.nodes.get(0)!;
      const options = {
        host: '127.0.0.1',
        port,
        ...own.identities.get(role)!,
        checkServerIdentity: () => undefined,
      };
      const sockets = await Promise.all(
        Array.from({ length: count }, async () => {
          const socket = connect(options).on('error', () => {});
          await Promise.race([once(socket, 'secureConnect'), once(socket, 'close')]);
          return socket.resume();
        }),
      );
      const open = () => sockets.filter((socket) => !socket.closed).length;
      while (open() > 64) await sleep(20);
      return open();
    };
    // The test's own client of the role has some, too.
    expect(await stay('carol', 100)).toBeGreaterThan(50);
    expect(await stay('bob', 3)).toBe(3);
  });

  it('has so many grants', async () => {
    const path = await mkdtemp(join(tmpdir(), 'triad-grants-'));
    const folder = await openFolder(path, { federation: 'f', role: '0' }, () => {});
    const terms = {
      id: '',
      federation: 'f',
      owner: 'alice',
      set: 'alice/x',
      dataSet: 'ab'.repeat(32),
      work: 'ab'.repeat(32),
      programs: {},
      exposures: [],
      submitters: ['carol'],
      expires: new Date(Date.now() + 60_000).toISOString(),
      uses: 1,
    };
    const grantOf = (i: number): Grant =>
      ({ terms: { ...terms, id: i.toString(16).padStart(32, '0') }, signature: 'ab'.repeat(64) }) as Grant;
    for (let i = 0; i < 2 ** 12; i++)
      await writeFile(
        folder.at('grants', `${grantOf(i).terms.id}.json`),
        JSON.stringify({ grant: grantOf(i), jobs: [] }),
      );
    const voided: string[] = [];
    const grants = await Grants.open(
      folder,
      () => true,
      (reason) => voided.push(reason),
    );
    expect([voided, grants.all().length]).toEqual([[], 2 ** 12]);
    await expect(grants.add(grantOf(2 ** 12))).rejects.toMatchObject({ code: 'limit' });
    await grants.remove('alice', grantOf(7).terms.id);
    await grants.add(grantOf(2 ** 12));
    await folder.close();
    await rm(path, { recursive: true, force: true });
  });
});

describe('a work', () => {
  it('reveals so many values', () => {
    const names = Array.from({ length: 257 }, (_, i) => `m${i}`);
    const many = (count: number) => {
      const p = program(() => {
        const mean = layers.mean(data({ name: 'x', shape: [null, 1] }));
        for (const name of names.slice(0, count)) reveal(mean, 'carol', name);
      });
      const stages = Array.from({ length: Math.ceil(count / 64) }, (_, i) => ({
        program: 'p',
        feed: { x: 'x' },
        reveal: names.slice(0, count).slice(64 * i, 64 * (i + 1)),
      }));
      return parseWork(work({ programs: { p }, inputs: { x: 'alice/x' }, stages }));
    };
    expect(many(256).exposures).toHaveLength(256);
    expect(() => many(257)).toThrow(/reveals more than 256 values/);
  });

  it('that does not go with its data is refused before a grant is used', async () => {
    const own = await start();
    const wrong = { ...trainingWork(1), inputs: { x: ['bob/y'], y: ['alice/x'] } };
    await grantAll(own, wrong);
    const carol = await own.client('carol');
    await expect(carol.submit(wrong)).rejects.toMatchObject({
      code: 'mismatch',
      message: expect.stringMatching(
        /'x' of program 'train' has shape \[batch, 3\], but 'x' has 200 rows of 1 columns/,
      ),
    });
    expect(await carol.jobs()).toEqual([]);
    const kept = join(own.folder, 'node-0', 'grants');
    const uses = (await readdir(kept)).map(
      async (file) => JSON.parse(await readFile(join(kept, file), 'utf8')).jobs,
    );
    expect(await Promise.all(uses)).toEqual([[], []]);
  });

  it('is refused when a grant for it has ended', async () => {
    const own = await start();
    const job = trainingWork(1);
    for (const [role, set] of [
      ['alice', 'alice/x'],
      ['bob', 'bob/y'],
    ] as const) {
      const expires = new Date(Date.now() + (role === 'bob' ? 1000 : 60_000));
      await (await own.client(role)).grant(job, { set, submitters: ['carol'], expires });
    }
    await sleep(1100);
    const node = asked(own, 'carol');
    const asking = {
      method: 'POST',
      path: '/v1/jobs',
      json: { id: randomBytes(16).toString('hex'), work: job },
    };
    await expect(node.json(asking)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/bob's grant for 'bob\/y' ended at/),
    });
    node.close();
  });
});
