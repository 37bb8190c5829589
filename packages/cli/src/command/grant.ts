import type { Client, Work } from '@triad/node';
import { Command, InvalidArgumentError, Option } from 'commander';
import { badArgument } from '../bad-argument.js';
import { count } from '../job-option.js';
import { addMemberOptions, type MemberValues, withNodes } from '../member.js';
import { readWorkFile } from '../work-file.js';

interface Options extends MemberValues {
  readonly set?: readonly string[];
  readonly submitters: readonly string[];
  readonly days: number;
  readonly uses: number;
}

const names = (text: string): string[] => {
  const found = text.split(',').filter((name) => name !== '');
  if (found.length > 0) return found;
  throw new InvalidArgumentError('Name at least one.');
};

const day = 24 * 60 * 60 * 1000;

/** `triad grant WORK`: an owner allows one work to use a data set. */
export const grantCommand = (): Command =>
  addMemberOptions(
    new Command('grant')
      .description('allow one work, as it is in this file, to use data of yours')
      .argument('<work>', 'a .json file, or a .ts or .js file whose default export it is'),
  )
    .addOption(
      new Option(
        '--set <owner/name,...>',
        'data sets (default: all of yours that the work uses, or its model was trained on)',
      ).argParser(names),
    )
    .addOption(new Option('--submitters <roles>', 'who may submit it').argParser(names).makeOptionMandatory())
    .option('--days <number>', 'how long', count, 30)
    .option('--uses <number>', 'for how many jobs', count, 1)
    .addHelpText(
      'after',
      '\nExample:\n  triad grant train.ts --submitters carol --identity keys/alice --redis redis://10.0.0.9:6379',
    )
    .action(run);

const run = async (file: string, options: Options): Promise<void> => {
  const { submitters, days, uses, json } = options;
  const work = await readWorkFile(file);
  const expires = new Date(Date.now() + days * day);
  await withNodes(options, async (client) => {
    for (const set of options.set?.map((name) => ownSet(client, name)) ?? (await ownSets(client, work))) {
      const { terms } = await client.grant(work, { set, submitters, expires, uses });
      const said = terms.exposures.map(({ what, to }) => `${what} to ${to}`).join(', ') || 'nothing';
      const text = `${set} may be used by work ${terms.work.slice(0, 12)}, submitted by ${submitters.join(' or ')}, which reveals ${said}`;
      console.log(json ? JSON.stringify(terms) : text);
    }
  });
};

/** `owner/name` of a data set of this role, whose owner need not be said. */
const ownSet = ({ role }: Client, text: string): string => {
  const [name, owner = role] = text.split('/').reverse() as [string, string?];
  if (owner === role) return `${owner}/${name}`;
  throw badArgument(`'${text}' is ${owner}'s`, 'let its owner grant it');
};

/** Data of this role that the results of a work may tell of. */
const ownSets = async (client: Client, { inputs, model }: Work): Promise<readonly string[]> => {
  const before = model === undefined ? [] : (await client.job(model)).sets;
  const own = [...new Set([...Object.values(inputs).flat(), ...before])].filter((set) =>
    set.startsWith(`${client.role}/`),
  );
  if (own.length > 0) return own.sort();
  throw badArgument(`the work uses no data of ${client.role}`, 'grant it as an owner of its data');
};
