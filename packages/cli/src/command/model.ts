import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { aby3 } from '@triad/aby3';
import {
  decodeModel,
  decryptModel,
  describeModel,
  encodeModel,
  encryptModel,
  type ModelDescription,
} from '@triad/layers';
import { Command } from 'commander';
import { writeFileWhole } from '../atomic-file.js';
import { badArgument } from '../bad-argument.js';

interface Options {
  readonly json?: boolean;
}

interface Destination extends Options {
  readonly out: string;
}

/** `triad model encrypt|decrypt|inspect`: model files, on this machine alone. */
export const modelCommand = (): Command =>
  new Command('model')
    .description('encrypt a model for three computing parties, decrypt it, or look what a file is')
    .option('--json', 'one JSON object a line')
    .addCommand(
      withOptions(new Command('encrypt'), 'a folder for one file per computing party')
        .description('share a .safetensors model: each party gets one file, which alone says nothing')
        .argument('<model>', '.safetensors of float64, float32 or int64')
        .action(encrypt),
    )
    .addCommand(
      withOptions(new Command('decrypt'), 'the .safetensors file to write')
        .description('put a model together from the files of two or three parties; copies are compared')
        .argument('<shares...>', "parties' files")
        .action(decrypt),
    )
    .addCommand(
      withOutput(new Command('inspect'))
        .description('what a model file says of itself, and whether it is damaged')
        .argument('<file>')
        .action(inspect),
    );

const withOptions = (command: Command, out: string): Command =>
  withOutput(command.requiredOption('--out <path>', out));

const withOutput = (command: Command): Command =>
  command.option('--json', 'one JSON object a line').option('--debug', 'show the stack of an error');

const read = async (path: string): Promise<Uint8Array> => {
  try {
    return await readFile(path);
  } catch (error) {
    throw badArgument(`cannot read ${path}`, 'name a file that is there', error);
  }
};

/** Readable by its owner alone: a share is half of what is needed to read the model. */
const secret = 0o600;

const encrypt = async (model: string, { out, json = false }: Destination): Promise<void> => {
  const files = encryptModel(decodeModel(await read(model)), aby3());
  const name = basename(model).replace(/\.safetensors$/, '');
  for (const [party, file] of files.entries()) {
    const path = join(out, `${name}.${party}.safetensors`);
    await writeFileWhole(path, file, secret);
    tell(json, { party, path }, `party ${party}: ${path}`);
  }
};

const decrypt = async (shares: readonly string[], { out, json = false }: Destination): Promise<void> => {
  const files = await Promise.all(shares.map(read));
  const weights = decryptModel(files, aby3());
  await writeFileWhole(out, encodeModel(weights), secret);
  const parameters = Object.keys(weights).length;
  tell(json, { path: out, parameters }, `${parameters} parameters: ${out}`);
};

const inspect = async (path: string, { json = false }: Options): Promise<void> => {
  const description = describeModel(await read(path));
  tell(json, { path, ...description }, text(description));
  if (description.checksum === 'bad') throw badArgument(`${path} is damaged`, 'get the file again');
};

const kinds = {
  share: "one party's share of a model",
  model: 'a model in the open',
  foreign: 'a model in the open, from elsewhere',
} as const;

const text = ({ kind, checksum, identity, parameters }: ModelDescription): string =>
  [
    kinds[kind],
    `checksum: ${checksum}`,
    ...(identity === undefined
      ? []
      : [
          `party ${identity.party} of ${identity.parties}, ${identity.scheme}, ${identity.fractionBits} bits of fraction`,
          `model ${identity.model} after ${identity.steps} runs`,
          ...(identity.program === undefined ? [] : [`of program ${identity.program}`]),
        ]),
    ...Object.entries(parameters).map(([name, shape]) => `  ${name} [${shape.join(', ')}]`),
  ].join('\n');

const tell = (json: boolean, record: object, words: string): void =>
  console.log(json ? JSON.stringify(record) : words);
