/** What goes wrong where people run it: each a typed error that names it and the remedy, and nothing changed. */
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keys, type RoleCredentials } from '@triad/net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { houseWork } from '../federated/work.js';
import { expectHouseResult, grantHouses } from '../fixture/house-job.js';
import { Nodes } from '../fixture/nodes.js';
import { hasRedis } from '../fixture/redis.js';
import { nobodyCan, records, sourceFile } from '../fixture/triad.js';

let nodes: Nodes;
beforeAll(async () => {
  if (hasRedis) nodes = await Nodes.start();
});
afterAll(() => nodes?.stop());

const roles = ['0', '1', '2', 'city', 'agency', 'analyst'];

/** Writes a role's folder, as `triad keys` does. */
const writeIdentity = async (
  folder: string,
  { ca, cert, key, seal, roster }: RoleCredentials,
): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries({ ca, cert, key, seal, roster }))
    await writeFile(join(folder, `${name}.pem`), text);
};

const failsAs = async (role: string, words: readonly string[], said: RegExp): Promise<void> => {
  const { code, stderr } = await nodes.tryAs(role, ...words);
  expect(stderr).toMatch(said);
  expect(stderr).toMatch(/remedy: \S/);
  expect(code).toBe(1);
};

const csv = async (name: string): Promise<string> => {
  const file = join(nodes.folder, name);
  await writeFile(file, 'a,b\n1,2\n3,4\n');
  return file;
};

describe.skipIf(!hasRedis)('triad says what is wrong, and what to do:', () => {
  it('an expired certificate', async () => {
    const all = await keys('prices', roles, { days: -1 });
    await writeIdentity(nodes.identityOf('expired'), all[5]!);
    await failsAs(
      'expired',
      ['job', 'list'],
      /the certificate of 'analyst' holds from .* to .*\n.*remedy: check the clock, or make new keys/s,
    );
  });

  it('a certificate of another authority, under the same names', async () => {
    const all = await keys('prices', roles);
    await writeIdentity(nodes.identityOf('foreign'), all[5]!);
    await failsAs(
      'foreign',
      ['job', 'list'],
      /node 0 at https:\S+ cannot be reached: .*certificate.*use identities of one federation/s,
    );
    await failsAs('foreign', ['reveal', 'ab'.repeat(16), '--out', nodes.folder], /certificate/);
  });

  it('a damaged share file, and one that is missing', async () => {
    const out = join(nodes.folder, 'shares');
    await nodes.as('city', 'share', await csv('damaged.csv'), '--out', out);
    const file = join(out, 'damaged.party2.safetensors');
    const bytes = await readFile(file);
    bytes[bytes.length - 3]! ^= 1;
    await writeFile(file, bytes);
    await failsAs('city', ['data', 'send', file], /node 2: .*has words that are not those its owner signed/);
    await failsAs('city', ['data', 'send', join(out, 'none')], /cannot read .*none/);
    const text = await nodes.as('city', 'data', 'list');
    expect(text).toBe('');
  });

  it.skipIf(!nobodyCan)('a place that may not be written to', async () => {
    const out = join(nodes.folder, 'locked');
    await mkdir(out);
    await chmod(out, 0o555);
    const file = await csv('locked.csv');
    const { code, stderr } = await nodes.asNobody('city', 'share', file, '--out', out);
    expect(stderr).toMatch(/cannot write .*permission denied/i);
    expect(stderr).toMatch(/remedy: name a place that this process may write to/);
    expect(code).toBe(1);
    expect(await readdir(out)).toEqual([]);
  });

  it('a row that cannot be shared, with nothing sent', async () => {
    const file = join(nodes.folder, 'rows.csv');
    await writeFile(file, 'a,b\n1,2\n3,\n');
    await failsAs('city', ['share', file], /row 2, column 'b' is missing/);
    expect(await nodes.as('city', 'data', 'list')).toBe('');
  });

  it('a clock that is an hour off; when it is right, the job is resumed', { timeout: 120_000 }, async () => {
    await nodes.shareHouses();
    const file = sourceFile('federated/work.ts');
    await grantHouses(nodes, file);
    await nodes.kill(1);
    await nodes.startNode(1, [sourceFile('fixture/hour-ahead.mjs')]);
    const { code, stdout, stderr } = await nodes.tryAs('analyst', 'job', 'submit', file, '--watch', '--json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/the clock of node 1 is 60 minutes ahead of the others/);
    const [{ id }] = records<{ readonly id: string }>(stdout) as [{ id: string }];
    await nodes.kill(1);
    await nodes.startNode(1);
    await nodes.as('analyst', 'job', 'resume', id);
    const phase = async () =>
      records<{ readonly phase: string }>(await nodes.as('analyst', 'job', 'list', '--json'))[0]!.phase;
    while ((await phase()) !== 'done') await sleep(200);
    await expectHouseResult(nodes, id, houseWork(20));
  });

  it('nothing, when two jobs are on at once: both are right', { timeout: 120_000 }, async () => {
    const works = [houseWork(30), houseWork(45)];
    const files = works.map((_, i) => join(nodes.folder, `work-${i}.json`));
    for (const [i, file] of files.entries()) {
      await writeFile(file, JSON.stringify(works[i]));
      await grantHouses(nodes, file);
    }
    const said = await Promise.all(
      files.map((file) => nodes.as('analyst', 'job', 'submit', file, '--watch', '--json')),
    );
    const ids = said.map((text) => records<{ readonly id: string }>(text)[0]!.id);
    expect(ids[0]).not.toBe(ids[1]);
    for (const [i, id] of ids.entries()) await expectHouseResult(nodes, id, works[i]!);
  });
});
