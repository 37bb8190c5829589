import { fileError } from '@triad/data';
import { verifyAudit } from '@triad/node';
import { Command } from 'commander';

/** `triad audit FILE`: whether a node's log is as it was written. */
export const auditCommand = (): Command =>
  new Command('audit')
    .description("check a node's audit log: that no entry was changed, removed or put in")
    .argument('<file>', '`audit.log` in its data directory')
    .option('--json', 'one JSON object a line')
    .option('--debug', 'show the stack of an error')
    .addHelpText('after', '\nKeep the last hash elsewhere: a log that is cut off behind it would pass.')
    .action(async (file: string, { json }: { readonly json?: boolean }) => {
      const { number, hash } = await verifyAudit(file).catch((error: unknown) => {
        throw fileError(error, `cannot read ${file}`, 'name the audit.log of a data directory');
      });
      console.log(
        json ? JSON.stringify({ entries: number, hash }) : `${number} entries, the last one ${hash}`,
      );
    });
