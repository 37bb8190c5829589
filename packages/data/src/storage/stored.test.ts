import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freePort } from '../fixture/server.js';
import { createSink, openSource, removeStored, writeStored } from './stored.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triad-data-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('files of this machine', () => {
  it.each([
    ['a path', (path: string) => path],
    ['a URL', (path: string) => pathToFileURL(path).href],
  ])('are written, read and removed by %s', async (_, placeOf) => {
    const place = placeOf(join(folder, 'a folder', 'x.txt'));
    await writeStored(place, 'what it is');
    const source = await openSource(place);
    expect(Buffer.from(await source.read(5, 100)).toString()).toBe('it is');
    await source.close();
    await removeStored(place);
    await removeStored(place);
    await expect(openSource(place)).rejects.toMatchObject({ code: 'bad-argument' });
  });

  it('are not there when writing is given up', async () => {
    const sink = await createSink(join(folder, 'x.txt'));
    await sink.write(new Uint8Array(10));
    await sink.abort();
    expect(await readdir(folder)).toEqual([]);
  });

  it('take the place of what a process that was killed left of them, after a day', async () => {
    const names = ['x.txt.00112233.part', 'x.txt.44556677.part', 'x.txt.old.part', 'y.txt.00112233.part'];
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
    for (const name of names) {
      await writeFile(join(folder, name), 'x');
      if (!name.includes('4455')) await utimes(join(folder, name), yesterday, yesterday);
    }
    await writeStored(join(folder, 'x.txt'), 'whole');
    expect(await readdir(folder)).toEqual(['x.txt', ...names.slice(1)].sort());
  });
});

describe('servers that do not answer', () => {
  const places = (port: number): readonly string[] => {
    for (const [name, value] of Object.entries({
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'somebody',
      AWS_SECRET_ACCESS_KEY: 'word-of-somebody',
      AWS_CONFIG_FILE: '/dev/null',
    }))
      vi.stubEnv(name, value);
    return ['s3://tables/x.csv', `webhdfs://somebody@127.0.0.1:${port}/x.csv`];
  };
  afterEach(() => vi.unstubAllEnvs());

  const expectTimeouts = async (port: number): Promise<void> => {
    for (const place of places(port))
      for (const act of [openSource, createSink]) {
        const error = await act(place, { timeoutMs: 2_000 }).catch((caught: unknown) => caught as Error);
        expect(error).toMatchObject({ code: 'timeout', remedy: expect.stringMatching(/can be reached/) });
        expect((error as Error).message).not.toContain('somebody');
      }
  };

  it('are given up when they say nothing', async () => {
    const server: Server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await expectTimeouts((server.address() as { readonly port: number }).port);
    server.close();
  });

  it('are given up when they are not there', async () => {
    await expectTimeouts(await freePort());
  });

  it('are refused when their names are wrong', async () => {
    await expect(openSource('webhdfs://nowhere.invalid/x.csv')).rejects.toMatchObject({
      code: expect.stringMatching(/^(bad-argument|timeout)$/),
    });
  });
});
