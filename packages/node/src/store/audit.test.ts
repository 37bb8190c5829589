import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditLog, verifyAudit } from './audit.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triad-audit-'));
  path = join(folder, 'audit.log');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const filled = async (count = 5): Promise<string[]> => {
  const log = await auditLog(path);
  for (let i = 0; i < count; i++)
    await log.append({ kind: 'refused', who: 'mallory', reason: `reason ${i}` });
  await log.close();
  return (await readFile(path, 'utf8')).trimEnd().split('\n');
};

describe('an audit log', () => {
  it('goes on where it was, and says its last hash', async () => {
    await filled();
    const log = await auditLog(path);
    await log.append({ kind: 'started', who: '0' });
    expect(await verifyAudit(path)).toMatchObject({ number: 6, hash: log.head });
    await log.close();
  });

  it.each([
    [
      'changed',
      (lines: string[]) => lines.map((line, i) => (i === 2 ? line.replace('reason 2', 'reason x') : line)),
    ],
    ['removed', (lines: string[]) => lines.filter((_, i) => i !== 2)],
    ['moved', (lines: string[]) => [lines[1]!, lines[0]!, ...lines.slice(2)]],
    ['repeated', (lines: string[]) => [...lines.slice(0, 3), ...lines.slice(2)]],
    ['made up', (lines: string[]) => [...lines.slice(0, 2), '{"kind":"refused"}', ...lines.slice(2)]],
    ['no JSON', (lines: string[]) => [...lines.slice(0, 2), 'nonsense', ...lines.slice(2)]],
  ])('of which a line was %s is found out', async (_, change) => {
    const lines = await filled();
    await writeFile(path, `${change(lines).join('\n')}\n`);
    await expect(verifyAudit(path)).rejects.toMatchObject({
      code: 'mismatch',
      message: expect.stringMatching(/was changed at line [1-4]/),
    });
    await expect(auditLog(path)).rejects.toMatchObject({ code: 'mismatch' });
  });

  it.each(['{"a":1}\n', 'a,b\n1,2\n'])('is not what holds %j', async (text) => {
    await writeFile(path, text);
    await expect(verifyAudit(path)).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringMatching(/is no audit log/),
    });
  });

  it('forgets a line that was being written when the process died', async () => {
    const lines = await filled();
    await appendFile(path, lines[0]!.slice(0, 20));
    const log = await auditLog(path);
    await log.append({ kind: 'started', who: '0' });
    await log.close();
    expect(await verifyAudit(path)).toMatchObject({ number: 6 });
  });

  it('takes texts with every kind of line break', async () => {
    const log = await auditLog(path);
    await log.append({ kind: 'refused', who: 'mallory', reason: 'a\nb\r\nc\u2028d\u2029e\u0085f' });
    await log.append({ kind: 'started', who: '0' });
    await log.close();
    expect(await verifyAudit(path)).toMatchObject({ number: 2 });
  });
});
