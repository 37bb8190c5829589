import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFile, openShare } from '@triad/data';
import { readFederation } from '@triad/net';
import { afterEach, describe, expect, it } from 'vitest';
import { NodeConnection } from './client/request.js';
import { TestFederation } from './fixture/federation.js';

let federation: TestFederation;
afterEach(() => federation.close());

const rows = (count: number): number[][] =>
  Array.from({ length: count }, (_, i) => Array.from({ length: 16 }, (_, j) => i + j / 16));
const columns = Array.from({ length: 16 }, (_, j) => `column${j}`);

/** A node, asked directly as a role. */
const asked = (rank: number, role: string): NodeConnection => {
  const identity = federation.identities.get(role)!;
  const { url } = federation.nodes.get(rank)!;
  return new NodeConnection(rank, url, identity, readFederation(identity).name);
};

const filesOf = (rank: number, folder: string): Promise<string[]> =>
  readdir(join(federation.folder, `node-${rank}`, folder));

/** Bytes of uploads that a node has written, not done yet. */
const uploaded = async (rank: number): Promise<number> => {
  let sum = 0;
  for (const file of await filesOf(rank, 'uploads'))
    sum += (await stat(join(federation.folder, `node-${rank}`, 'uploads', file))).size;
  return sum;
};

const put = async (node: NodeConnection, file: string, path: string): Promise<unknown> => {
  const source = await openFile(file);
  try {
    return await node.json({ method: 'PUT', path, body: source.stream() });
  } finally {
    await source.close();
    node.close();
  }
};

describe('an upload', () => {
  it('goes on where it was when its connection is cut', async () => {
    federation = await TestFederation.start(['alice']);
    await federation.deal('alice', 'big', columns, rows(60_000));
    const path = federation.sharePath('alice', 'big', 1);
    const source = await openFile(path);
    const { size } = source;
    await source.close();
    const cutter = federation.cutters.get(1)!;
    cutter.cutAfter(size / 2);
    const before = cutter.forwarded;
    const client = await federation.client('alice');
    const { id } = await client.upload(path);
    // All of it once, and what was on its way: not twice.
    expect(cutter.forwarded - before).toBeLessThan(1.7 * size);
    expect(await client.dataSets(1)).toMatchObject([{ id, rows: 60_000 }]);
    expect(await filesOf(1, 'uploads')).toEqual([]);
    await client.upload(path);
  });

  it('goes on when its sender and its node have been started again', async () => {
    federation = await TestFederation.start(['alice']);
    await federation.deal('alice', 'big', columns, rows(60_000));
    const path = federation.sharePath('alice', 'big', 2);
    const source = await openFile(path);
    const first = (await source.read(0, source.size / 2)).slice();
    const share = await openShare(source);
    const { id } = share.manifest;
    await share.close();
    const cutter = federation.cutters.get(2)!;
    async function* half() {
      yield first;
      while ((await uploaded(2)) < 0.9 * first.length) await sleep(10);
      throw new Error('the machine is gone');
    }
    const node = asked(2, 'alice');
    const place = `/v1/data/alice/big?id=${id}&from=0`;
    await expect(node.json({ method: 'PUT', path: place, body: half() })).rejects.toMatchObject({
      code: 'peer-lost',
    });
    node.close();
    await federation.nodes.get(2)!.close();
    await federation.startNode(2);
    expect((await filesOf(2, 'uploads')).length).toBe(1);
    const before = cutter.forwarded;
    const client = await federation.client('alice');
    await client.upload(path);
    expect(cutter.forwarded - before).toBeLessThan(0.8 * 2 * first.length);
    expect(await client.dataSets(2)).toMatchObject([{ id }]);
  });

  it('of more than its owner may have leaves nothing', async () => {
    federation = await TestFederation.start(['alice'], { limits: { bytes: 300_000 } });
    await federation.share('alice', 'small', columns, rows(1000));
    await federation.deal('alice', 'more', columns, rows(2000));
    const client = await federation.client('alice');
    await expect(client.upload(federation.sharePath('alice', 'more', 1))).rejects.toMatchObject({
      code: 'limit',
      party: 1,
      remedy: expect.stringMatching(/allow more/),
    });
    expect(await filesOf(1, 'uploads')).toEqual([]);
    expect((await client.dataSets(1)).map(({ name }) => name)).toEqual(['small']);
  });

  it('that nobody goes on with makes room for others', async () => {
    federation = await TestFederation.start(['alice']);
    await federation.deal('alice', 'x', columns, rows(100));
    const broken = async (i: number) => {
      const node = asked(0, 'alice');
      async function* some() {
        yield new Uint8Array(2 ** 16);
        await sleep(20);
        throw new Error('the machine is gone');
      }
      const id = i.toString(16).padStart(32, '0');
      await node
        .json({ method: 'PUT', path: `/v1/data/alice/x?id=${id}&from=0`, body: some() })
        .catch(() => {});
      node.close();
      while ((await filesOf(0, 'uploads')).length < Math.min(i + 1, 32)) await sleep(10);
    };
    for (let i = 0; i < 40; i++) await broken(i);
    expect((await filesOf(0, 'uploads')).length).toBe(32);
    const client = await federation.client('alice');
    await client.upload(federation.sharePath('alice', 'x', 0));
    expect((await filesOf(0, 'uploads')).length).toBe(31);
  });

  it('of anything but bytes is refused', async () => {
    federation = await TestFederation.start(['alice']);
    const node = asked(0, 'alice');
    for (const asking of [
      { method: 'PUT', path: `/v1/data/alice/x?id=${'ab'.repeat(16)}&from=0`, json: {} },
      { method: 'POST', path: '/v1/echo?receive=1', json: {} },
    ])
      await expect(node.json(asking)).rejects.toMatchObject({
        code: 'bad-argument',
        remedy: expect.stringMatching(/octet-stream/),
      });
    node.close();
  });

  it("of another party's share, other data's name or another owner is refused, and leaves nothing", async () => {
    federation = await TestFederation.start(['alice', 'mallory']);
    await federation.deal('alice', 'x', columns, rows(100));
    const file = federation.sharePath('alice', 'x', 1);
    const id = 'ab'.repeat(16);
    await expect(put(asked(2, 'alice'), file, `/v1/data/alice/x?id=${id}&from=0`)).rejects.toMatchObject({
      code: 'mismatch',
      message: expect.stringMatching(/share of party 1, not of party 2/),
    });
    await expect(put(asked(1, 'alice'), file, `/v1/data/alice/y?id=${id}&from=0`)).rejects.toMatchObject({
      code: 'mismatch',
      message: expect.stringMatching(/of name 'x', not 'y'/),
    });
    for (const rank of [0, 1, 2]) {
      await expect(
        put(asked(rank, 'mallory'), file, `/v1/data/alice/x?id=${id}&from=0`),
      ).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringMatching(/mallory does not own 'alice\/x'/),
      });
      await expect(
        put(asked(rank, 'mallory'), file, `/v1/data/mallory/x?id=${id}&from=0`),
      ).rejects.toMatchObject({ code: 'mismatch' });
      expect(await filesOf(rank, 'uploads')).toEqual([]);
      expect(await filesOf(rank, 'data')).toEqual([]);
      expect(await federation.audit(rank)).toContain('mallory does not own');
    }
  });
});
