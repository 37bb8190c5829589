import type { Manifest } from '@triad/data';
import type { Client } from '@triad/node';
import { Command } from 'commander';
import { badArgument } from '../bad-argument.js';
import { addMemberOptions, type MemberValues, withNodes } from '../member.js';
import { formatTable } from '../quantity.js';

/** `triad data`: what of yours is at the nodes, or what you may use. */
export const dataCommand = (): Command => {
  const data = new Command('data').description(
    'see, send and remove data sets of the nodes, and grants for them',
  );
  const add = (name: string, description: string): Command =>
    addMemberOptions(data.command(name).description(description));
  add('list', 'your data sets, and those you may use').action(list);
  add('send', 'send share files that `triad share --out` has made, each to its node')
    .argument('<files...>', 'NAME.party0.safetensors and so on')
    .addHelpText('after', '\nAn upload that broke off goes on where it was.')
    .action(send);
  add('remove', 'remove a data set of yours, and what you granted for it, from all nodes')
    .argument('<name>', 'of the data set')
    .action(remove);
  add('grants', 'what you have granted, and what was granted to you').action(grants);
  add('withdraw', 'take a grant back').argument('<id>', 'of the grant').action(withdraw);
  return data;
};

/** A data set, and which nodes have it. */
interface Placed {
  readonly manifest: Manifest;
  readonly at: number[];
  /** Nodes have shares of different data under its name. */
  mixed: boolean;
}

const list = (options: MemberValues): Promise<void> =>
  withNodes(options, async (client) => {
    const { placed, asked } = await placedSets(client);
    if (options.json)
      for (const { manifest, at, mixed } of placed) {
        const { owner, name, id, rows, columns } = manifest;
        console.log(JSON.stringify({ set: `${owner}/${name}`, id, rows, columns, nodes: at, mixed }));
      }
    else if (placed.length > 0) console.log(formatTable([head, ...placed.map((each) => rowOf(each, asked))]));
  });

const placedSets = async (client: Client) => {
  const answers = await Promise.allSettled([0, 1, 2].map((rank) => client.dataSets(rank)));
  const asked = answers.flatMap(({ status }, rank) => (status === 'fulfilled' ? [rank] : []));
  if (asked.length === 0) throw (answers[0] as PromiseRejectedResult).reason;
  const found = new Map<string, Placed>();
  for (const [rank, answer] of answers.entries())
    for (const manifest of answer.status === 'fulfilled' ? answer.value : []) {
      const set = `${manifest.owner}/${manifest.name}`;
      const known = found.get(set);
      if (known === undefined) found.set(set, { manifest, at: [rank], mixed: false });
      else {
        known.at.push(rank);
        known.mixed ||= known.manifest.id !== manifest.id;
      }
    }
  return { asked, placed: [...found.values()] };
};

const head = ['data set', 'rows', 'columns', 'at'];

const rowOf = ({ manifest, at, mixed }: Placed, asked: readonly number[]): string[] => {
  const { owner, name, rows, columns } = manifest;
  const nodes = mixed ? 'different data at each node: remove it, and share it again' : placeOf(at, asked);
  return [`${owner}/${name}`, String(rows), String(columns.length), nodes];
};

const placeOf = (at: readonly number[], asked: readonly number[]): string => {
  const missing = asked.filter((rank) => !at.includes(rank));
  const away = [0, 1, 2].filter((rank) => !asked.includes(rank));
  return [
    missing.length === 0 && away.length === 0 ? 'all nodes' : `node ${at.join(', ')}`,
    ...missing.map((rank) => `node ${rank} has no share of it`),
    ...away.map((rank) => `node ${rank} is away`),
  ].join('; ');
};

const send = (files: readonly string[], options: MemberValues): Promise<void> =>
  withNodes(options, async (client) => {
    for (const file of files) {
      const { owner, name, id } = await client.upload(file);
      const set = `${owner}/${name}`;
      console.log(options.json ? JSON.stringify({ file, set, id }) : `${file}: ${set} is at its node`);
    }
  });

const remove = (text: string, options: MemberValues): Promise<void> =>
  withNodes(options, async (client) => {
    const [name, owner = client.role] = text.split('/').reverse() as [string, string?];
    if (owner !== client.role) throw badArgument(`'${text}' is ${owner}'s`, 'let its owner remove it');
    await client.remove(name);
    const set = `${owner}/${name}`;
    console.log(options.json ? JSON.stringify({ removed: set }) : `${set} is removed`);
  });

const grants = (options: MemberValues): Promise<void> =>
  withNodes(options, async (client) => {
    const all = await client.grants();
    if (options.json)
      for (const { grant, used } of all) console.log(JSON.stringify({ ...grant.terms, used }));
    else if (all.length > 0)
      console.log(
        formatTable([
          ['id', 'data set', 'work', 'submitters', 'jobs', 'until'],
          ...all.map(
            ({
              grant: {
                terms: { id, set, work, submitters, uses, expires },
              },
              used,
            }) => [
              id,
              set,
              work.slice(0, 12),
              submitters.join(' '),
              `${used} of ${uses}`,
              expires.replace(/\..*$/, 'Z'),
            ],
          ),
        ]),
      );
  });

const withdraw = (id: string, options: MemberValues): Promise<void> =>
  withNodes(options, async (client) => {
    await client.withdraw(id);
    console.log(options.json ? JSON.stringify({ withdrawn: id }) : `grant ${id} is withdrawn`);
  });
