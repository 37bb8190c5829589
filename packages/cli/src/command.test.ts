import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

const triad = (...words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'triad-command-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const program = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('the triad command', () => {
  it('says what it can do', () => {
    const { status, stdout } = triad('--help');
    expect(status).toBe(0);
    for (const command of [
      'demo',
      'run',
      'share',
      'reveal',
      'psi',
      'align',
      'plan',
      'model',
      'keys',
      'rendezvous',
      'bench',
      'node',
      'doctor',
      'grant',
      'job',
    ])
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(stdout).not.toContain('bench-party');
    expect(triad('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    'demo',
    'run',
    'share',
    'reveal',
    'psi',
    'align',
    'plan',
    'model',
    'keys',
    'rendezvous',
    'bench',
    'node',
    'doctor',
    'grant',
    'audit',
  ])('explains %s', (command) => {
    const { status, stdout } = triad(command, '--help');
    expect(status).toBe(0);
    expect(stdout).toContain(`Usage: triad ${command}`);
    expect(stdout).toContain('--json');
  });

  it.each([
    [['fly'], "unknown command 'fly'"],
    [['run'], 'required option'],
    [['run', 'x.ts', '--role', '0', '--job', 'j'], 'there is no program x.ts'],
    [['demo', '--epochs', '0'], 'a whole number above 0'],
    [['keys', '--job', 'a b'], 'is no job name'],
    [['rendezvous', '--listen', 'here'], 'is not an address'],
    [['rendezvous', '--tls', '/nowhere'], 'there is no ca.pem in /nowhere'],
    [['bench', 'flying'], "no benchmark 'flying'"],
    [['share', 'a.csv', '--identity', '/nowhere', '--out', 's3://tables'], 'there is no ca.pem in /nowhere'],
  ])('refuses %j with a reason and without a stack', (words, reason) => {
    const { status, stdout, stderr } = triad(...words);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(reason);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('tells bad command lines as JSON, too', () => {
    const { status, stderr } = triad('keys', '--json');
    expect(status).toBe(1);
    const what = "required option '--job <name>' not specified";
    expect(JSON.parse(stderr)).toEqual({ error: { code: 'bad-argument', what, remedy: 'look at --help' } });
  });

  it('runs TypeScript, with top-level await and its own arguments', () => {
    const path = program(
      'own.ts',
      `const answer: number = await Promise.resolve(42);\nconsole.log(answer, process.argv.at(-1));\n`,
    );
    const { status, stdout } = triad('run', path, '--role', '0', '--job', 'j', '--', 'mine');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '42 mine\n' });
  });

  it('tells errors of programs, as JSON if asked, with a stack if asked', () => {
    const path = program('bad.mjs', `throw new RangeError('too far');\n`);
    const link = ['--role', '0', '--job', 'j'];
    expect(triad('run', path, ...link)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^triad: RangeError: too far\n {2}remedy/),
    });
    const { stderr } = triad('run', path, ...link, '--json');
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'unexpected', what: 'RangeError: too far', remedy: 'see where with --debug' },
    });
    expect(triad('run', path, ...link, '--debug').stderr).toMatch(/^ +at .*bad\.mjs/m);
  });

  it('does not call it success when a program waits for nothing', () => {
    const path = program('wait.mjs', 'await new Promise(() => {});\n');
    const { status, stderr } = triad('run', path, '--role', '0', '--job', 'j');
    expect(status).toBe(1);
    expect(stderr).toContain('waits for something that can no longer come');
  });

  it('plans only programs of a job', () => {
    const { status, stderr } = triad('plan', program('none.mjs', 'console.log(1);\n'));
    expect(status).toBe(1);
    expect(stderr).toContain('does not call job()');
  });

  it('makes a folder for each role', () => {
    const out = join(folder, 'keys');
    const { status, stdout } = triad('keys', '--job', 'j', '--roles', '0,1,bank', '--out', out);
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(3);
    expect(readdirSync(out).sort()).toEqual(['0', '1', 'bank']);
    expect(readdirSync(join(out, 'bank')).sort()).toEqual([
      'ca.pem',
      'cert.pem',
      'key.pem',
      'roster.pem',
      'seal.pem',
    ]);
  });

  it('shares a table by URLs, and refuses those it does not know', () => {
    const identity = join(folder, 'keys', 'bank');
    const table = pathToFileURL(program('houses.csv', 'rooms,price\n3,250\n')).href;
    const out = pathToFileURL(join(folder, 'my shares')).href;
    const share = (...words: readonly string[]) => triad('share', ...words, '--identity', identity, '--json');
    const { status, stdout } = share(table, '--out', out);
    expect(status).toBe(0);
    const names = [0, 1, 2].map((party) => `houses.party${party}.safetensors`);
    const files = names.map((name) => join(folder, 'my shares', name));
    expect(JSON.parse(stdout)).toMatchObject({ set: 'bank/houses', rows: 1, files });
    expect(readdirSync(join(folder, 'my shares'))).toEqual(names);
    for (const [file, place] of [
      ['https://user:secret@host/houses.csv', out],
      [table, 's3://user:secret@tables/shares'],
      [table, 'webhdfs://user:secret@host/shares'],
    ] as const) {
      const refused = share(file, '--out', place);
      expect(refused.status).toBe(1);
      expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: 'bad-argument' } });
      expect(refused.stderr).not.toContain('secret');
    }
  });
});
