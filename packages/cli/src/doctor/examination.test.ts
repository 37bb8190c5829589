import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { keys, type RoleCredentials } from '@triad/net';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Examination, examine } from './examination.js';
import type { Finding } from './finding.js';
import { found, testFolder, troubles, writeIdentity } from './fixture/folder.js';
import { pretendNode } from './fixture/pretended-node.js';

const version = '1.2.3';
const root = await testFolder();
let roles: readonly RoleCredentials[];
beforeAll(async () => {
  roles = await keys('houses', ['0', '1', '2', 'alice']);
  for (const identity of roles) {
    await mkdir(join(root, identity.role));
    await writeIdentity(join(root, identity.role), identity);
  }
});

const examined = async (options: Omit<Examination, 'version'>): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  for await (const finding of examine({ ...options, version })) findings.push(finding);
  return findings.filter(({ check }) => !check.startsWith('platform'));
};

describe('an examination', () => {
  it('goes on when a node is absent, and compares the clocks of the others', async () => {
    const ahead = { federation: 'houses', version };
    const nodes = [
      await pretendNode(roles[0]!, ahead),
      await pretendNode(roles[1]!, { ...ahead, time: new Date(Date.now() - 3_600_000).toISOString() }),
      await pretendNode(roles[2]!, ahead),
    ];
    nodes[0]!.close();
    const peers = Object.fromEntries(nodes.map(({ address }, rank) => [rank, address]));
    const findings = await examined({ identity: join(root, 'alice'), ways: { peers } });
    expect(troubles(findings)).toEqual({
      'node 0: connection': 'failed',
      'node 0: the rest': 'skipped',
      'clock: node 1': 'failed',
    });
    expect(found(findings, 'clock: node 1').what).toContain('node 1 is off, for node 2 agrees');
    for (const node of nodes.slice(1)) node.close();
  });

  it('goes on without identity, folder, port and directory', async () => {
    const findings = await examined({
      identity: join(root, 'nobody'),
      ways: { redis: 'redis://127.0.0.1:1' },
      data: join(root, 'alice', 'cert.pem'),
      listen: '198.51.100.7:0',
    });
    expect(troubles(findings)).toEqual({
      'identity: files': 'failed',
      'identity: the rest': 'skipped',
      listen: 'failed',
      'data: folder': 'failed',
      'data: the rest': 'skipped',
      directory: 'failed',
      nodes: 'skipped',
    });
  });

  it('has a remedy for all that is not well', async () => {
    const peers = { 0: '127.0.0.1:1', 1: '127.0.0.1:1', 2: '127.0.0.1:1' };
    const findings = await examined({ identity: join(root, 'alice'), ways: { peers } });
    for (const { outcome, remedy } of findings)
      expect(remedy === undefined).toBe(outcome === 'ok' || outcome === 'skipped');
  });
});
