import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { keys, readFederation, signer } from '@triad/net';
import { add, decode } from '@triad/ring';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inPieces } from '../fixture/pieces.js';
import { openFile } from '../storage/local.js';
import { openTable } from '../table/open-table.js';
import type { Table } from '../table/table.js';
import type { Manifest } from './manifest.js';
import { openShare, type ShareSet } from './share-file.js';
import { shareTable } from './share-table.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triad-data-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const path = (party: number): string => join(folder, `houses.party${party}.safetensors`);

const identities = keys('fed', ['0', 'alice', 'bob']);
const alice = identities.then((all) => all[1]!);
const verify = async () => readFederation(await alice).verify;

const share = async (table: Table): Promise<Manifest> =>
  shareTable(table, { name: 'houses', owner: 'alice', federation: 'fed', sign: signer(await alice), path });

const rows = 10_000;
const value = (row: number, column: number): number => row / 8 - 1000 * column;
const csv = (count = rows) =>
  openTable(
    inPieces(
      'houses.csv',
      `a,b,c\n${Array.from({ length: count }, (_, i) => [0, 1, 2].map((c) => value(i, c)).join()).join('\n')}`,
    ),
  );

const open = async (party: number): Promise<ShareSet> => openShare(await openFile(path(party)), party);

/** Rows of the table, from the parts of two parties. */
const together = async (
  sets: readonly [ShareSet, ShareSet],
  first: number,
  start: number,
  end: number,
): Promise<number[]> => {
  const [mine, theirs] = await Promise.all(sets.map((set) => set.read(start, end)));
  const [x, y] = mine!;
  const z = theirs![1];
  expect(theirs![0].toBigInts()).toEqual(y.toBigInts());
  expect(first).toBeLessThan(3);
  const sum = add(add(x, y), z);
  return [...decode(sum)];
};

describe('a shared table', () => {
  it('is put together by any two parties, at any rows', async () => {
    const manifest = await share(await csv());
    expect(manifest).toMatchObject({
      rows,
      columns: ['a', 'b', 'c'],
      owner: 'alice',
      name: 'houses',
      fractionBits: 16,
    });
    const sets = [await open(0), await open(1), await open(2)] as const;
    for (const [start, end] of [
      [0, 5],
      [4090, 4100],
      [0, rows],
      [rows - 1, rows],
      [7, 7],
    ] as const)
      for (const i of [0, 1, 2]) {
        const found = await together([sets[i]!, sets[(i + 1) % 3]!], i, start, end);
        const wanted = Array.from({ length: end - start }, (_, r) =>
          [0, 1, 2].map((c) => value(start + r, c)),
        ).flat();
        expect(found).toEqual(wanted);
      }
    for (const set of sets) {
      await set.verify(await verify());
      await set.close();
    }
  });

  it('says at all parties the same of itself, and party 0 has keys alone', async () => {
    await share(await csv());
    const files = await Promise.all([0, 1, 2].map((party) => readFile(path(party))));
    expect(files[0]!.length).toBeLessThan(4000);
    expect(files[1]!.length).toBeGreaterThan(rows * 3 * 8);
    const sets = [await open(0), await open(1), await open(2)];
    expect(sets[1]!.manifest).toEqual(sets[0]!.manifest);
    expect(sets[2]!.manifest).toEqual(sets[0]!.manifest);
    for (const set of sets) await set.close();
  });

  it('tells party 0 nothing that a guess of the words could be tried against', async () => {
    // The digest of x_2 is behind a nonce: without it, party 0, who can compute x_0 and x_1, could try values.
    const manifests = [await share(await csv(1)), await share(await csv(1))];
    expect(manifests[0]!.digests.words).not.toBe(manifests[1]!.digests.words);
    const head = await readFile(path(0));
    const words = await readFile(path(1));
    const nonce = words.subarray(words.length - 3 * 8 - 32, words.length - 3 * 8);
    expect(head.includes(nonce)).toBe(false);
  });

  it('is fresh each time', async () => {
    const first = await share(await csv());
    const words = await readFile(path(2));
    const second = await share(await csv());
    expect(second.id).not.toBe(first.id);
    expect((await readFile(path(2))).equals(words)).toBe(false);
  });

  it('is refused when any byte of a share has changed', async () => {
    await share(await csv(50));
    const check = await verify();
    for (const party of [0, 1, 2]) {
      const whole = await readFile(path(party));
      for (let at = 0; at < whole.length; at += 1 + Math.floor(whole.length / 60)) {
        const changed = Buffer.from(whole);
        changed[at]! ^= 1;
        await writeFile(path(party), changed);
        const tried = open(party).then(async (set) => set.verify(check).finally(() => set.close()));
        await expect(tried).rejects.toMatchObject({
          code: expect.stringMatching(/^(bad-argument|mismatch)$/),
        });
      }
      await writeFile(path(party), whole);
    }
  }, 60_000);

  it('is refused with another signature, as another party, cut off, and as something else', async () => {
    await share(await csv(50));
    const set = await open(1);
    await expect(set.verify(() => false)).rejects.toThrow(/not signed by alice/);
    await expect(set.verify(() => true, AbortSignal.abort(new Error('no more')))).rejects.toThrow('no more');
    await set.close();
    await expect(openFile(path(2)).then((source) => openShare(source, 1))).rejects.toThrow(
      /share of party 2, not of party 1/,
    );
    const whole = await readFile(path(1));
    for (const length of [0, 4, 100, whole.length - 8]) {
      await writeFile(path(1), whole.subarray(0, length));
      await expect(open(1)).rejects.toMatchObject({ code: 'bad-argument' });
    }
  });

  it('leaves nothing behind when the table cannot be read to its end', async () => {
    const broken = await openTable(inPieces('t.csv', `a\n${'1\n'.repeat(9000)}x\n`));
    await expect(share(broken)).rejects.toThrow(/row 9001, column 'a'/);
    expect(await readdir(folder)).toEqual([]);
    await expect(share(await openTable(inPieces('t.csv', 'a\n')))).rejects.toThrow(/no rows/);
    expect(await readdir(folder)).toEqual([]);
    await mkdir(join(path(2), 'something'), { recursive: true });
    await expect(share(await csv(5))).rejects.toMatchObject({ code: 'bad-argument' });
    expect(await readdir(folder)).toEqual([basename(path(2))]);
  });
});
