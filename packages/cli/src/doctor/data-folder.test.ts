import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keys } from '@triad/net';
import { describe, expect, it } from 'vitest';
import { checkData, checkSpace } from './data-folder.js';
import { found, outcomes, testFolder } from './fixture/folder.js';

const root = await testFolder();

describe('a data directory', () => {
  it('can be there, and nothing is left in it', async () => {
    const folder = join(root, 'there');
    await mkdir(folder);
    const findings = await checkData(folder, undefined);
    expect(outcomes(findings)).toMatchObject({ 'data: folder': 'ok', 'data: use': 'ok' });
    expect(found(findings, 'data: folder').values).toEqual({ folder, exists: true });
    expect(found(findings, 'data: space').values.bytes).toBeGreaterThan(0);
    expect(await readdir(folder)).toEqual([]);
  });

  it('can be made, and is not made', async () => {
    const folder = join(root, 'not', 'yet');
    const findings = await checkData(folder, undefined);
    expect(found(findings, 'data: folder').values).toEqual({ folder, exists: false });
    expect(await readdir(root)).not.toContain('not');
  });

  it('cannot be made under a file, or be one', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    for (const path of [file, join(file, 'data')]) {
      const findings = await checkData(path, undefined);
      expect(outcomes(findings)).toEqual({ 'data: folder': 'failed', 'data: the rest': 'skipped' });
      expect(found(findings, 'data: folder').what).toMatch(/is no folder$/);
    }
  });

  it.skipIf(process.platform !== 'linux')('cannot be where nobody writes', async () => {
    expect(found(await checkData('/proc/data', undefined), 'data: folder')).toMatchObject({
      outcome: 'failed',
      what: expect.stringMatching(/^\/proc\/data cannot be made: \/proc cannot be written to \(E\w+\)$/),
    });
  });

  it('may be in use, which is no trouble', { timeout: 20_000 }, async () => {
    const folder = join(root, 'used');
    await mkdir(folder);
    const lock = join(folder, 'lock');
    await writeFile(lock, '7 there another-machine token');
    const timer = setInterval(() => void utimes(lock, new Date(), new Date()), 500);
    expect(found(await checkData(folder, undefined), 'data: use')).toMatchObject({
      outcome: 'ok',
      what: 'in use by process 7 of there',
    });
    clearInterval(timer);
    expect(found(await checkData(folder, undefined), 'data: use').what).toBe('no process uses it');
  });

  it("may be another node's", async () => {
    const [own, other] = await keys('houses', ['0', '1']);
    const folder = join(root, 'owned');
    await mkdir(folder);
    await writeFile(join(folder, 'node.json'), `${JSON.stringify({ federation: 'houses', role: '0' })}\n`);
    expect(found(await checkData(folder, own), 'data: owner').outcome).toBe('ok');
    expect(found(await checkData(folder, other), 'data: owner').outcome).toBe('failed');
  });

  it.each([
    [2e9, 'ok'],
    [5e8, 'warning'],
    [1e6, 'failed'],
  ])('with %d bytes of room is %s', (bytes, outcome) => {
    expect(checkSpace(bytes)).toMatchObject({ outcome, values: { bytes } });
  });
});
