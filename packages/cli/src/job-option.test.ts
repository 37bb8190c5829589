import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addJobOptions, parseJobValues, wordsOf } from './job-option.js';

const required = ['--role', 'bank', '--job', 'j'];

describe("a party's command line", () => {
  it('reads numbers as computing parties and names as others', () => {
    expect(parseJobValues(['--role', '2', '--job', 'j']).values.role).toBe(2);
    expect(parseJobValues(required).values.role).toBe('bank');
  });

  it('leaves what follows -- to the program', () => {
    const { values, args } = parseJobValues([...required, '--json', '--', '--epochs', '3']);
    expect(values).toMatchObject({ json: true });
    expect(args).toEqual(['--epochs', '3']);
  });

  it('comes back from its options', () => {
    const words = [
      ...required,
      '--peers=a:1,b:2,c:3',
      '--timeout=2.5',
      '--csv=x=a.csv#p,q',
      '--csv=y=b c.csv',
      '--insecure',
      '--outside=bank,analyst',
    ];
    const command = addJobOptions(new Command('run').argument('<program>').argument('[args...]'));
    command.parse(['train.ts', ...words, '--', '--more'], { from: 'user' });
    const again = parseJobValues([...wordsOf(command), '--', '--more']);
    expect(again).toEqual(parseJobValues([...words, '--', '--more']));
    expect(again.values).toMatchObject({
      peers: ['a:1', 'b:2', 'c:3'],
      timeout: 2.5,
      csv: [
        { name: 'x', file: 'a.csv', columns: ['p', 'q'] },
        { name: 'y', file: 'b c.csv' },
      ],
      outside: ['bank', 'analyst'],
    });
  });

  it.each([
    [['--redis', 'a', '--peers', 'b'], 'cannot be used with'],
    [['--timeout', '0'], 'a number above 0'],
    [['--colour'], "unknown option '--colour'"],
  ])('refuses %j', (words, message) => {
    const told: string[] = [];
    const command = addJobOptions(new Command('run'))
      .exitOverride()
      .configureOutput({ writeErr: (text) => void told.push(text) });
    expect(() => command.parse([...required, ...words], { from: 'user' })).toThrow();
    expect(told.join('')).toContain(message);
  });
});
