import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Cut, cutBefore } from '../../fixture/cut.js';
import { type HdfsServer, nameNodeBefore, startHdfs, superUser } from '../../fixture/hdfs-server.js';
import { pattern } from '../../fixture/pattern.js';
import { hadoop, lacking } from '../../fixture/server.js';
import { storageSuite } from '../../fixture/storage-suite.js';
import { createSink, openSource, removeStored, writeStored } from '../stored.js';

describe.skipIf(hadoop === undefined)(`HDFS${lacking(hadoop)}`, () => {
  let server: HdfsServer;
  let cut: Cut;
  let before: Server;

  beforeAll(async () => {
    server = await startHdfs();
    cut = await cutBefore(server.data);
    before = await nameNodeBefore(server, cut.port);
  });
  afterAll(async () => {
    before?.closeAllConnections();
    before?.close();
    await cut?.close();
    await server?.stop();
  });
  afterEach(() => vi.unstubAllEnvs());

  const url = (port: number, name: string, user: string) =>
    `webhdfs://${user}@127.0.0.1:${port}/tables/${name}`;
  const at = (name: string, user = superUser) => url(server.name, name, user);

  interface Listing {
    readonly FileStatuses: {
      readonly FileStatus: readonly { readonly pathSuffix: string; readonly type: string }[];
    };
  }

  const files = async (folder: string): Promise<readonly string[]> => {
    const { FileStatuses } = (await server.ask('GET', folder, 'LISTSTATUS')) as Listing;
    const found = FileStatuses.FileStatus.map(({ pathSuffix, type }) =>
      type === 'FILE' ? [pathSuffix] : files(`${folder}/${pathSuffix}`),
    );
    return (await Promise.all(found)).flat().sort();
  };

  storageSuite({
    at,
    throughCut: (name) => url((before.address() as { readonly port: number }).port, name, superUser),
    cut: () => cut,
    leftovers: async () => (await files('/')).filter((name) => name.endsWith('.part')),
    secrets: [superUser],
  });

  it('goes on when the answer to the last bytes is lost', async () => {
    const port = (before.address() as { readonly port: number }).port;
    const size = 2 ** 24;
    const sink = await createSink(url(port, 'answer.bin', superUser), { timeoutMs: 30_000 });
    cut.after(size);
    await sink.write(pattern(0, size));
    await sink.write(pattern(size, size + 7));
    await sink.commit();
    const source = await openSource(at('answer.bin'));
    expect(pattern(0, size + 7).equals(await source.read(0, size + 100))).toBe(true);
  });

  it('removes what a process that was killed left of the same file, after a day', async () => {
    const names = [
      '.left.csv.00112233.part',
      '.left.csv.44556677.part',
      '.left.csv.x.part',
      '.left.csv.old.00112233.part',
    ];
    for (const name of names) {
      await writeStored(at(`day/${name}`), 'x');
      if (name.includes('4455')) continue;
      const modificationtime = String(Date.now() - 25 * 60 * 60 * 1000);
      await server.ask('PUT', `/tables/day/${name}`, 'SETTIMES', { modificationtime });
    }
    await writeStored(at('day/left.csv'), 'whole');
    expect(await files('/tables/day')).toEqual([...names.slice(1), 'left.csv'].sort());
  });

  it('removes files', async () => {
    await writeStored(at('gone.txt'), 'x');
    await removeStored(at('gone.txt'));
    await removeStored(at('gone.txt'));
    await expect(openSource(at('gone.txt'))).rejects.toThrow(
      /there is no webhdfs:\/\/127\.0\.0\.1:\d+\/tables\/gone\.txt/,
    );
  });

  it('lets those alone read a file that its mode says', async () => {
    await writeStored(at('open/mine.txt'), 'x', { mode: 0o600 });
    await writeStored(at('open/all.txt'), 'x');
    const source = await openSource(at('open/all.txt', 'mallory'));
    expect(await source.read(0, 1)).toEqual(new TextEncoder().encode('x'));
    for (const act of [
      async () => (await openSource(at('open/mine.txt', 'mallory'))).read(0, 1),
      () => writeStored(at('open/new.txt', 'mallory'), 'x'),
      () => removeStored(at('open/all.txt', 'mallory')),
    ]) {
      const error = await act().catch((caught: unknown) => caught as Error);
      expect(error).toMatchObject({ code: 'bad-argument', remedy: expect.stringMatching(/permission/) });
      expect(`${(error as Error).stack}`).not.toContain('mallory');
    }
  });

  it('refuses folders, and what is under a file', async () => {
    await writeStored(at('folder/file.txt'), 'x');
    await expect(openSource(at('folder'))).rejects.toThrow(/is no file/);
    await expect(writeStored(at('folder'), 'x')).rejects.toMatchObject({ code: 'bad-argument' });
    await expect(writeStored(at('folder/file.txt/under.txt'), 'x')).rejects.toMatchObject({
      code: 'bad-argument',
    });
    expect((await files('/tables/folder')).join()).toBe('file.txt');
  });

  it('says so when a quota is used up, and leaves nothing', async () => {
    await writeStored(at('small/first.txt'), 'x');
    await server.ask('PUT', '/tables/small', 'SETQUOTA', {
      namespacequota: '100',
      storagespacequota: '1000',
    });
    await expect(writeStored(at('small/second.bin'), pattern(0, 2 ** 20))).rejects.toMatchObject({
      code: 'limit',
    });
    await server.ask('PUT', '/tables/small', 'SETQUOTA', {
      namespacequota: '2',
      storagespacequota: '1000000000',
    });
    await expect(writeStored(at('small/second.bin'), 'x')).rejects.toMatchObject({ code: 'limit' });
    expect(await files('/tables/small')).toEqual(['first.txt']);
  });
});

describe('a WebHDFS server', () => {
  /** One that says the same to everybody. */
  const saying = async (
    status: number,
    text: (url: string) => string,
    act: (place: string) => Promise<void>,
  ) => {
    const server = createServer((asked, answer) => answer.writeHead(status).end(text(asked.url ?? '')));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as { readonly port: number };
    await act(`webhdfs://eve@127.0.0.1:${port}/x.csv`).finally(() => server.close());
  };
  const exception = (name: string, message: string) =>
    JSON.stringify({ RemoteException: { exception: name, javaClassName: `x.${name}`, message } });

  afterEach(() => vi.unstubAllEnvs());

  it('is not what listens at another port', () =>
    saying(
      404,
      () => 'nothing here',
      async (place) => {
        await expect(openSource(place)).rejects.toThrow(/is no WebHDFS/);
      },
    ));

  it('is told a delegation token instead of a user, and nobody else is', async () => {
    const token = 'HgAFYWxpY2UFYWxpY2UAigGiKb9b7IoBok3L3';
    vi.stubEnv('HADOOP_DELEGATION_TOKEN', token);
    const asked: string[] = [];
    const told = (url: string): string => {
      asked.push(url);
      return exception('IllegalArgumentException', `strange ${token}`);
    };
    await saying(400, told, async (place) => {
      const error = await openSource(place).catch((caught: unknown) => caught as Error);
      expect(error).toMatchObject({
        code: 'bad-argument',
        message: expect.stringMatching(/strange \.\.\.;/),
      });
      expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toMatch(new RegExp(`${token}|eve`));
    });
    expect(asked).toEqual([`/webhdfs/v1/x.csv?op=GETFILESTATUS&delegation=${token}`]);
  });

  it.each([
    [401, 'AuthenticationException', 'bad-argument', /HADOOP_DELEGATION_TOKEN/],
    [403, 'InvalidToken', 'bad-argument', /HADOOP_DELEGATION_TOKEN/],
    [403, 'StandbyException', 'timeout', /not ready/],
    [503, 'RetriableException', 'timeout', /not ready/],
    [403, 'DSQuotaExceededException', 'limit', /quota/],
  ] as const)('answers %d with %s', (status, name, code, message) =>
    saying(
      status,
      () => exception(name, 'no'),
      async (place) => {
        const options = { timeoutMs: 2_000 };
        await expect(openSource(place, options)).rejects.toMatchObject({
          code,
          message: expect.stringMatching(message),
        });
      },
    ),
  );
});
