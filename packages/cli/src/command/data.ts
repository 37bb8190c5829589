import { Command } from 'commander';
import { addMemberOptions, type MemberValues, withNodes } from '../member.js';

/** `triad data`: what of yours is at the nodes, or what you may use. */
export const dataCommand = (): Command => {
  const data = new Command('data').description('see, send and remove data sets of the nodes');
  const add = (name: string, description: string): Command =>
    addMemberOptions(data.command(name).description(description));
  add('list', 'your data sets, and those you may use').action(list);
  add('send', 'send share files that `triad share --out` has made, each to its node')
    .argument('<files...>', 'NAME.party0.safetensors and so on')
    .addHelpText('after', '\nAn upload that broke off goes on where it was.')
    .action(send);
  add('remove', 'remove a data set of yours, and what you granted for it, from all nodes')
    .argument('<name>', 'of the data set, without your role')
    .action(remove);
  return data;
};

const list = (options: MemberValues): Promise<void> =>
  withNodes(options, async (client) => {
    for (const manifest of await client.dataSets()) {
      const { owner, name, rows, columns, id } = manifest;
      const said = `${owner}/${name}  ${rows} rows  ${columns.length} columns`;
      console.log(options.json ? JSON.stringify({ set: `${owner}/${name}`, id, rows, columns }) : said);
    }
  });

const send = (files: readonly string[], options: MemberValues): Promise<void> =>
  withNodes(options, async (client) => {
    for (const file of files) {
      const { owner, name, id } = await client.upload(file);
      const set = `${owner}/${name}`;
      console.log(options.json ? JSON.stringify({ file, set, id }) : `${file}: ${set} is at its node`);
    }
  });

const remove = (name: string, options: MemberValues): Promise<void> =>
  withNodes(options, async (client) => {
    await client.remove(name);
    const set = `${client.role}/${name}`;
    console.log(options.json ? JSON.stringify({ removed: set }) : `${set} is removed`);
  });
