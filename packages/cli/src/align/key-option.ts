import { type Command, Option } from 'commander';
import { addPartyOptions, type PartyValues } from '../job-option.js';
import { type KeyFile, parseKeyFile } from './key-file.js';

/** What an owner of keys says on the command line. */
export interface OwnerValues extends PartyValues {
  readonly keys: KeyFile;
  readonly out?: string;
}

/** Options of a command that matches keys. */
export const addOwnerOptions = (command: Command, role: string): Command =>
  addPartyOptions(command, role)
    .addOption(
      new Option(
        '--keys <file#columns>',
        "a .csv or .parquet file and the columns of its rows' keys, or a .txt file with one key a line",
      )
        .argParser(parseKeyFile)
        .makeOptionMandatory(),
    )
    .option('--out <file>', 'where the rows go: .csv, .parquet or .txt');
