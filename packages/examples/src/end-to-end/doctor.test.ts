import { afterEach, describe, expect, it } from 'vitest';
import { Nodes } from '../fixture/nodes.js';
import { hasRedis } from '../fixture/redis.js';
import { records, sourceFile } from '../fixture/triad.js';

let nodes: Nodes | undefined;
afterEach(async () => {
  await nodes?.stop();
  nodes = undefined;
});

interface Said {
  readonly check: string;
  readonly outcome: string;
  readonly what: string;
}

/** What `triad doctor --json` says as a role, and how it ends. */
const examine = async (all: Nodes, role: string, ...words: readonly string[]) => {
  const { code, stdout } = await all.tryAs(role, 'doctor', '--json', ...words);
  const lines = records<Said>(stdout);
  const findings = lines.slice(0, -1);
  const notOk = findings.filter(({ outcome }) => outcome !== 'ok');
  return {
    code,
    findings,
    tally: lines.at(-1),
    troubles: Object.fromEntries(notOk.map(({ check, outcome }) => [check, outcome])),
  };
};

describe.skipIf(!hasRedis)('triad doctor, with three nodes and Redis, each a process', () => {
  it('says that everything is well, and what is not when a node and Redis are gone', async () => {
    nodes = await Nodes.start();
    const well = await nodes.tryAs('analyst', 'doctor');
    expect(well).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/everything is well\n$/),
    });
    for (const rank of [0, 1, 2])
      expect(well.stdout).toMatch(new RegExp(`^ok +node ${rank}: bandwidth +\\d`, 'm'));
    expect(well.stdout).toMatch(/^ok +directory +Redis \d+\.\d+\.\d+ at 127/m);

    await nodes.kill(2);
    const { code, stdout } = await nodes.tryAs('analyst', 'doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^failed +node 2: (connection|address) .*\n +remedy: .*start it/m);
    expect(stdout).toMatch(/^skipped +node 2: the rest /m);
    expect(stdout.match(/^failed/gm)).toHaveLength(1);
    expect(stdout).toMatch(/0 warnings, 1 failure\n$/);

    await nodes.stopRedis();
    expect(await examine(nodes, 'analyst')).toMatchObject({
      code: 1,
      troubles: { directory: 'failed', nodes: 'skipped' },
      tally: { warnings: 0, failures: 1 },
    });
  });

  it('looks at the machine of a node that runs, and of one that does not', async () => {
    nodes = await Nodes.start();
    const first = await examine(nodes, '1', '--data', nodes.dataOf(1), '--listen', '127.0.0.1:0');
    expect(first).toMatchObject({ code: 0, troubles: {} });
    const use = first.findings.find(({ check }) => check === 'data: use');
    expect(use!.what).toMatch(/^in use by process \d+ of /);
    const { port } = new URL(first.findings.find(({ check }) => check === 'node 1: address')!.what);
    const listen = ['--listen', `127.0.0.1:${port}`] as const;
    expect(await examine(nodes, '1', ...listen)).toMatchObject({ code: 0, troubles: {} });
    expect(await examine(nodes, '0', ...listen, '--data', nodes.dataOf(1))).toMatchObject({
      code: 1,
      troubles: { listen: 'failed', 'data: owner': 'failed' },
    });
  });

  it('names the node whose clock is an hour off', async () => {
    nodes = await Nodes.start();
    await nodes.kill(1);
    await nodes.startNode(1, [sourceFile('fixture/hour-ahead.mjs')]);
    const { code, troubles, findings } = await examine(nodes, 'city');
    expect({ code, troubles }).toEqual({ code: 1, troubles: { 'clock: node 1': 'failed' } });
    const clock = findings.find(({ check }) => check === 'clock: node 1')!;
    expect(clock.what).toMatch(
      /^3\d{3}\.\d s ahead of this machine's; node 1 is off, for Redis and node 0 and node 2 agree with this machine$/,
    );
  });
});
