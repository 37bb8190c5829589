import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, type Running, records, triad, triadEnded } from '../fixture/triad.js';

let folder: string;
let board: Running;
let address: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triad-psi-'));
  board = triad('rendezvous', '--listen', '127.0.0.1:0', '--json');
  ({ address } = JSON.parse(await board.line(/address/)) as { readonly address: string });
});
afterAll(async () => {
  board.child.kill();
  await board.ended;
  await rm(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const text = (name: string): Promise<string> => readFile(at(name), 'utf8');
const lines = async (name: string): Promise<string[]> => (await text(name)).split('\n').slice(0, -1);

let jobs = 0;

/** One process per owner, each with words of its own after those of all. */
const owners = (
  command: string,
  all: readonly string[],
  ...each: readonly (readonly string[])[]
): Promise<Ended[]> => {
  const job = `job-${jobs++}`;
  return Promise.all(
    each.map((own, role) => {
      const link = [
        '--role',
        String(role),
        '--job',
        job,
        '--rendezvous',
        address,
        '--timeout',
        '30',
        '--json',
      ];
      return triadEnded(command, ...link, ...all, ...own);
    }),
  );
};

interface Told {
  readonly keys: number;
  readonly distinct: number;
  readonly duplicates: number;
  readonly peerKeys?: number;
  readonly common?: number;
  readonly rows?: number;
  readonly rate: number;
  readonly sent: number;
}

/** What each owner told, all of them having succeeded. */
const told = (ended: readonly Ended[]): Told[] =>
  ended.map(({ code, stdout, stderr }) => {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    return records<Told>(stdout)[0]!;
  });

const whatOf = ({ code, stderr }: Ended): string => {
  expect(code).toBe(1);
  return records<{ readonly error: { readonly what: string } }>(stderr)[0]!.error.what;
};

/** Keys `from` to `to`, in an order of their own. */
const keys = (from: number, to: number, step: number): string[] => {
  const count = to - from;
  return Array.from({ length: count }, (_, i) => `ключ-${from + ((i * step) % count)}`);
};

describe('`triad psi` between two processes', () => {
  it('writes the rows of common keys in one order, from a CSV file and a list', async () => {
    const [mine, theirs] = [keys(0, 1000, 7), keys(400, 1601, 11)];
    await writeFile(at('a.csv'), ['name,n', ...mine.map((key, i) => `"${key}",${i}`)].join('\r\n'));
    await writeFile(at('b.txt'), [...theirs, theirs[5]].join('\n'));
    const [receiver, sender] = told(
      await owners(
        'psi',
        ['--result', 'both'],
        ['--keys', `${at('a.csv')}#name`, '--out', at('a.out.csv')],
        ['--keys', at('b.txt'), '--out', at('b.out.txt')],
      ),
    );
    expect(receiver).toMatchObject({
      keys: 1000,
      distinct: 1000,
      duplicates: 0,
      peerKeys: 1201,
      common: 600,
      rows: 600,
    });
    expect(sender).toMatchObject({
      keys: 1202,
      distinct: 1201,
      duplicates: 1,
      peerKeys: 1000,
      common: 600,
      rows: 600,
    });
    expect(receiver!.rate).toBeGreaterThan(0);
    expect(receiver!.sent).toBeGreaterThan(0);
    const [header, ...rows] = await lines('a.out.csv');
    const common = await lines('b.out.txt');
    expect(header).toBe('name,n');
    expect(rows.map((row) => row.split(',')[0])).toEqual(common.map((key) => `"${key}"`));
    expect([...common].sort()).toEqual(mine.filter((key) => theirs.includes(key)).sort());
    expect(common).not.toEqual(mine.filter((key) => theirs.includes(key)));
  });

  it('matches several columns of CSV with those of Parquet, numbers too', async () => {
    const table = (from: number, to: number) =>
      ['id,day,value', ...keys(from, to, 3).map((_, i) => `${from + i},2026-01-${10 + (i % 20)},${i}`)].join(
        '\n',
      );
    await writeFile(at('p.csv'), table(0, 40));
    await writeFile(at('q.csv'), table(20, 60));
    const both = ['--result', 'both'];
    // Every row of q, as Parquet.
    const own = ['--keys', `${at('q.csv')}#id`];
    told(await owners('psi', both, [...own, '--out', at('q.parquet')], [...own, '--out', at('q.again.csv')]));
    const columns = (file: string) => ['--keys', `${at(file)}#id,day`];
    const ended = await owners(
      'psi',
      [...both, '--protocol', 'kkrt16'],
      [...columns('p.csv'), '--out', at('p.out.csv')],
      [...columns('q.parquet'), '--out', at('q.out.csv')],
    );
    expect(told(ended).map(({ common }) => common)).toEqual([20, 20]);
    const idsAndDays = async (name: string) => (await lines(name)).map((row) => row.split(',').slice(0, 2));
    expect(await idsAndDays('p.out.csv')).toEqual(await idsAndDays('q.out.csv'));
    expect(await lines('p.out.csv')).toHaveLength(21);
  });

  it('tells the receiver alone, unless asked otherwise', async () => {
    await writeFile(at('x.txt'), 'a\nb\nc\nb\nd\nd\n');
    await writeFile(at('y.txt'), 'c\nb\nz\n');
    const part = (mode: string) =>
      owners(
        'psi',
        ['--mode', mode],
        ['--keys', at('x.txt'), '--out', at(`${mode}.txt`)],
        ['--keys', at('y.txt')],
      );
    for (const mode of ['intersection', 'difference', 'left-join']) {
      const [receiver, sender] = told(await part(mode));
      expect(receiver).toMatchObject({ keys: 6, distinct: 4, duplicates: 2, common: 2, peerKeys: 3 });
      expect(sender).toMatchObject({ keys: 3, duplicates: 0, peerKeys: 4 });
      expect(sender).not.toHaveProperty('common');
    }
    expect((await lines('intersection.txt')).sort()).toEqual(['b', 'c']);
    expect(await lines('difference.txt')).toEqual(['a', 'd']);
    const joined = await lines('left-join.txt');
    expect(joined.slice(0, 2).sort()).toEqual(['b', 'c']);
    expect(joined.slice(2)).toEqual(['a', 'd']);
  });

  it('counts common keys without telling which, and hides sizes', async () => {
    const [receiver, sender] = told(
      await owners(
        'psi',
        ['--mode', 'cardinality'],
        ['--keys', at('x.txt'), '--pad', '100'],
        ['--keys', at('y.txt'), '--pad', '50'],
      ),
    );
    expect(receiver).toMatchObject({ keys: 6, duplicates: 2, common: 2, peerKeys: 50 });
    expect(sender).toMatchObject({ keys: 3, peerKeys: 100 });
    expect(sender).not.toHaveProperty('common');
  });

  it('speaks to people, too', async () => {
    const part = (role: string, ...words: readonly string[]) =>
      triadEnded('psi', '--role', role, '--job', 'people', '--rendezvous', address, ...words);
    const [receiver, sender] = await Promise.all([
      part('0', '--keys', at('x.txt'), '--out', at('people.txt')),
      part('1', '--keys', at('y.txt')),
    ]);
    expect(receiver).toMatchObject({ code: 0, stderr: '' });
    expect(receiver!.stdout).toMatch(
      /^own keys {4}6 \(4 distinct, 2 repeated\)\ntheir keys {2}3\ncommon {6}2\nwritten .*\ntime .* keys\/s\ntraffic .*\n$/,
    );
    expect(sender!.stdout).not.toContain('common');
  });

  it('keeps its links secret between hosts: the same with TLS', async () => {
    const made = await triadEnded('keys', '--job', 'sealed', '--roles', 'board,0,1', '--out', at('keys'));
    expect(made.code).toBe(0);
    const sealed = triad('rendezvous', '--listen', '127.0.0.1:0', '--tls', at('keys/board'), '--json');
    const meeting = JSON.parse(await sealed.line(/address/)) as { readonly address: string };
    const part = (role: string, ...words: readonly string[]) =>
      triadEnded(
        'psi',
        '--role',
        role,
        '--job',
        'sealed',
        '--rendezvous',
        meeting.address,
        '--tls',
        at(`keys/${role}`),
        '--json',
        ...words,
      );
    const ended = await Promise.all([
      part('0', '--keys', at('x.txt'), '--out', at('sealed.txt')),
      part('1', '--keys', at('y.txt')),
    ]);
    sealed.child.kill();
    expect(told(ended)[0]).toMatchObject({ common: 2 });
    await sealed.ended;
  });
});

describe('`triad align` between processes', () => {
  const columns = (name: string) => [
    '--keys',
    `${at(name)}#id`,
    '--out',
    at(name.replace('.csv', '.aligned.csv')),
  ];

  it.each([2, 3])('leaves %i owners with the same rows in the same order', async (parties) => {
    const names = Array.from({ length: parties }, (_, owner) => `owner-${parties}-${owner}.csv`);
    for (const [owner, name] of names.entries()) {
      const rows = keys(owner * 100, 1000 + owner * 37, 7).map((key, i) => `${owner}.${i},${key}`);
      await writeFile(at(name), [`value,id`, ...rows].join('\n'));
    }
    const ended = await owners('align', ['--parties', String(parties)], ...names.map(columns));
    const common = 1000 - 100 * (parties - 1);
    expect(told(ended).map(({ rows }) => rows)).toEqual(names.map(() => common));
    const ids = await Promise.all(
      names.map(async (name) =>
        (await lines(name.replace('.csv', '.aligned.csv'))).map((row) => row.split(',')[1]),
      ),
    );
    expect(ids[0]).toHaveLength(common + 1);
    for (const each of ids) expect(each).toEqual(ids[0]);
    expect(new Set(ids[0]).size).toBe(common + 1);
  });

  it('refuses repeated keys before anybody is met, or takes their first rows', async () => {
    await writeFile(at('r.csv'), 'id,n\na,1\nb,2\na,3\nc,4\n');
    await writeFile(at('s.csv'), 'id,n\nc,1\na,2\n');
    const [refused] = await owners('align', ['--rendezvous', '127.0.0.1:1'], columns('r.csv'));
    expect(whatOf(refused!)).toBe(`${at('r.csv')}: row 3 has the key of row 1`);
    const ended = await owners('align', ['--duplicates', 'first'], columns('r.csv'), columns('s.csv'));
    expect(told(ended).map(({ common }) => common)).toEqual([2, 2]);
    expect((await lines('r.aligned.csv')).sort()).toEqual(['a,1', 'c,4', 'id,n']);
  });
});

describe('mistakes', () => {
  it('are told before anybody is met', async () => {
    await writeFile(at('e.csv'), 'id,n\n1,2\n,3\n');
    const keysOf = (name: string) => ['--keys', at(name)];
    const alone = ['--rendezvous', '127.0.0.1:1'];
    const cases: readonly (readonly [string, readonly string[], string])[] = [
      ['psi', [...keysOf('x.txt')], 'there is no place for the rows'],
      [
        'psi',
        [...keysOf('x.txt'), '--mode', 'cardinality', '--out', at('o.txt')],
        'the receiver learns no rows',
      ],
      [
        'psi',
        [...keysOf('x.txt'), '--mode', 'cardinality', '--result', 'both'],
        'is told to the receiver alone',
      ],
      ['psi', [...keysOf('e.csv#id'), '--out', at('o.csv')], "row 2, column 'id' is empty"],
      ['psi', [...keysOf('e.csv#no'), '--out', at('o.csv')], "has no column 'no'"],
      ['psi', [...keysOf('e.csv#n'), '--out', at('o.doc')], 'no file of a known kind'],
      ['psi', [...keysOf('e.csv#n'), '--out', at('o.txt')], 'cannot be written to'],
      ['align', [...keysOf('none.csv'), '--out', at('o.csv')], 'cannot read'],
      ['align', [...keysOf('x.txt')], 'there is no place for the rows'],
      ['align', [...keysOf('x.txt'), '--parties', '1', '--out', at('o.txt')], 'a job has 2 to'],
    ];
    const ended = await Promise.all(cases.map(([command, words]) => owners(command, alone, words)));
    for (const [i, [, , what]] of cases.entries()) expect(whatOf(ended[i]![0]!)).toContain(what);
    expect((await readdir(folder)).filter((name) => name.startsWith('o.'))).toEqual([]);
  });

  it('of owners who want different things are told to both', async () => {
    const ended = await owners(
      'psi',
      [],
      ['--keys', at('x.txt'), '--out', at('o.txt'), '--result', 'both'],
      ['--keys', at('y.txt')],
    );
    for (const each of ended) expect(whatOf(each)).toContain('result');
    expect((await readdir(folder)).filter((name) => name.startsWith('o.'))).toEqual([]);
  });
});
