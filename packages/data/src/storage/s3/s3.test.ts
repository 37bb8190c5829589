import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Cut, cutBefore } from '../../fixture/cut.js';
import { type S3Server, startS3 } from '../../fixture/s3-server.js';
import { gateway, lacking } from '../../fixture/server.js';
import { storageSuite } from '../../fixture/storage-suite.js';
import { parseLocation, type S3Location } from '../location.js';
import { patienceOf } from '../patience.js';
import { createSink, openSource, removeStored, writeStored } from '../stored.js';
import { S3Object } from './s3-object.js';
import { partBytesFor, tagOf } from './s3-sink.js';

describe('parts of an object', () => {
  const total = (bytesOf: (index: number) => number): number =>
    Array.from({ length: 10_000 }, (_, index) => bytesOf(index)).reduce((a, b) => a + b);

  it('are ten thousand at most, and 8 MiB at least', () => {
    expect(total(partBytesFor(undefined))).toBeGreaterThan(5 * 2 ** 40);
    for (const size of [0, 1, 2 ** 33, 2 ** 37 + 1, 5 * 2 ** 40]) {
      expect(total(partBytesFor(size))).toBeGreaterThanOrEqual(size);
      expect(partBytesFor(size)(0)).toBeGreaterThanOrEqual(2 ** 23);
    }
  });
});

describe.skipIf(gateway === undefined)(`an S3 store${lacking(gateway)}`, () => {
  let server: S3Server;
  let cut: Cut;
  let direct: S3Client;

  beforeAll(async () => {
    server = await startS3();
    cut = await cutBefore(server.port);
    const credentials = { accessKeyId: server.access, secretAccessKey: server.secret };
    const endpoint = `http://127.0.0.1:${server.port}`;
    direct = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
  });
  afterAll(async () => {
    direct?.destroy();
    await cut?.close();
    await server?.stop();
  });
  beforeEach(() => use(server.access, server.secret));
  afterEach(() => vi.unstubAllEnvs());

  const use = (access: string, secret: string): void => {
    for (const [name, value] of Object.entries({
      AWS_ENDPOINT_URL_S3: `http://localhost:${server.port}`,
      AWS_ACCESS_KEY_ID: access,
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_REGION: undefined,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    }))
      vi.stubEnv(name, value);
  };

  const uploads = async (): Promise<readonly string[]> => {
    const { Uploads = [] } = await direct.send(new ListMultipartUploadsCommand({ Bucket: 'tables' }));
    return Uploads.map(({ Key = '' }) => Key).sort();
  };

  storageSuite({
    at: (name) => `s3://tables/${name}`,
    throughCut: (name) => {
      vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://localhost:${cut.port}`);
      return `s3://tables/${name}`;
    },
    cut: () => cut,
    leftovers: uploads,
    secrets: ['secret-of-the-owner', 'owner-of-all'],
  });

  it('is found by a profile, too', async () => {
    await writeStored('s3://tables/profile.txt', 'here');
    const file = join(server.folder, '..', 'config');
    const lines = [`[profile near]`, `endpoint_url = http://localhost:${server.port}`, 'region = us-east-1'];
    await writeFile(file, `${lines.join('\n')}\n`);
    vi.stubEnv('AWS_ENDPOINT_URL_S3', undefined);
    vi.stubEnv('AWS_CONFIG_FILE', file);
    vi.stubEnv('AWS_PROFILE', 'near');
    const credentials = [`[near]`, `aws_access_key_id = ${server.access}`];
    await writeFile(
      `${file}.secret`,
      `${[...credentials, `aws_secret_access_key = ${server.secret}`].join('\n')}\n`,
    );
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', `${file}.secret`);
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    const source = await openSource('s3://tables/profile.txt');
    expect(source.size).toBe(4);
    await source.close();
  });

  it('removes what a process that was killed left of the same object, after a day', async () => {
    for (const Key of ['left.bin', 'left.bin', 'left.bin.other'])
      await direct.send(new CreateMultipartUploadCommand({ Bucket: 'tables', Key }));
    await (await createSink('s3://tables/left.bin')).abort();
    expect(await uploads()).toEqual(['left.bin', 'left.bin', 'left.bin.other']);
    await age(join(server.folder, 'tables'), /multipart/);
    await direct.send(new CreateMultipartUploadCommand({ Bucket: 'tables', Key: 'left.bin' }));
    await (await createSink('s3://tables/left.bin')).abort();
    expect(await uploads()).toEqual(['left.bin', 'left.bin.other']);
  });

  /** The gateway takes an upload's time from its folder. */
  const age = async (folder: string, name: RegExp): Promise<void> => {
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
    for (const each of await readdir(folder, { recursive: true })) {
      const path = join(folder, each);
      if (name.test(path) && (await stat(path)).isDirectory()) await utimes(path, yesterday, yesterday);
    }
  };

  it('names an object of parts as is known beforehand, so that a lost answer is no loss', async () => {
    const location = parseLocation('s3://tables/parts.bin') as S3Location;
    const object = await S3Object.at(location, patienceOf({}));
    const id = await object.create();
    const { signal } = new AbortController();
    const parts = [
      await object.part(id, 1, new Uint8Array(5 * 2 ** 20), signal),
      await object.part(id, 2, new Uint8Array(1), signal),
    ];
    await object.complete(id, parts);
    expect((await object.head()).tag).toBe(tagOf(parts));
    await expect(object.part(id, 3, new Uint8Array(1), signal)).rejects.toMatchObject({ code: 'closed' });
    object.close();
  });

  it('removes objects', async () => {
    await writeStored('s3://tables/gone.txt', 'x');
    await removeStored('s3://tables/gone.txt');
    await removeStored('s3://tables/gone.txt');
    await expect(openSource('s3://tables/gone.txt')).rejects.toThrow(/there is no s3:\/\/tables\/gone\.txt/);
  });

  it.each(['s3://nowhere/x.csv'])('refuses %s, where there is no bucket', async (location) => {
    const said = { code: 'bad-argument', message: expect.stringMatching(/there is no s3:\/\/nowhere; make/) };
    await expect(openSource(location)).rejects.toMatchObject(said);
    await expect(createSink(location)).rejects.toMatchObject(said);
  });

  it('refuses credentials it does not know, and those that may not do something', async () => {
    server.addUser('somebody', 'word-of-somebody');
    await direct.send(new PutObjectCommand({ Bucket: 'tables', Key: 'kept.txt', Body: 'x' }));
    const tried = async (): Promise<readonly string[]> => {
      const acts = [
        () => openSource('s3://tables/kept.txt'),
        () => writeStored('s3://tables/new.txt', 'x'),
        () => removeStored('s3://tables/kept.txt'),
      ];
      return Promise.all(
        acts.map((act) =>
          act().then(
            () => 'done',
            (error) => `${error.code} ${error.message} ${error.stack}`,
          ),
        ),
      );
    };
    for (const [access, secret] of [
      ['nobody', 'word-of-nobody'],
      ['owner-of-all', 'wrong-word'],
      ['somebody', 'word-of-somebody'],
    ] as const) {
      use(access, secret);
      for (const said of await tried()) {
        expect(said).toMatch(
          /^bad-argument s3:\/\/tables\/.* cannot be (read|written|removed).*set AWS_ACCESS_KEY_ID/,
        );
        expect(said).not.toMatch(/nobody|wrong-word|somebody|owner-of-all/);
      }
    }
    use('', '');
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
    for (const said of await tried()) expect(said).toMatch(/^bad-argument .*set AWS_ACCESS_KEY_ID/);
  });
});
