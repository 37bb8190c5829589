import { Command, InvalidArgumentError, Option } from 'commander';
import { type CsvSource, parseCsvSource } from './csv.js';

/** Which job, as whom, and how the others are found. */
export interface PartyValues {
  readonly role: number | string;
  readonly job: string;
  readonly redis?: string;
  readonly rendezvous?: string;
  readonly peers?: readonly string[];
  readonly listen?: string;
  readonly tls?: string;
  readonly insecure?: boolean;
  /** Seconds. */
  readonly timeout?: number;
  readonly json?: boolean;
  readonly debug?: boolean;
}

/** What the command line of a party of a program says. */
export interface JobValues extends PartyValues {
  readonly outside?: readonly string[];
  readonly csv?: readonly CsvSource[];
  readonly out?: string;
  /** Set by `triad plan`: nobody is met. */
  readonly plan?: boolean;
}

const parseRole = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

const list = (text: string): string[] => text.split(',');

export const positive = (text: string): number => {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It is a number above 0.');
};

export const count = (text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It is a whole number above 0.');
};

const collect = (text: string, before: readonly CsvSource[] = []): CsvSource[] => [
  ...before,
  parseCsvSource(text),
];

const discoveries = ['redis', 'rendezvous', 'peers'] as const;

const discovery = (flags: string, name: (typeof discoveries)[number], description: string): Option =>
  new Option(flags, description).conflicts(discoveries.filter((other) => other !== name));

/** How the computing parties are found. */
export const addDiscoveryOptions = (command: Command): Command =>
  command
    .addOption(
      discovery(
        '--redis <url>',
        'redis',
        'find the others through Redis: redis://host:port (default: TRIAD_REDIS)',
      ),
    )
    .addOption(
      discovery('--rendezvous <host:port>', 'rendezvous', 'find the others through `triad rendezvous`'),
    )
    .addOption(
      discovery('--peers <host:port,...>', 'peers', 'addresses of the numbered parties, in order').argParser(
        list,
      ),
    );

/** Which job, as whom, and how the others are found: the same for every command of a party. */
export const addPartyOptions = (command: Command, role: string): Command =>
  addDiscoveryOptions(command)
    .addOption(new Option('--role <role>', role).argParser(parseRole).makeOptionMandatory())
    .requiredOption('--job <name>', 'the same at every party; two jobs on one Redis do not see each other')
    .option('--listen <host:port>', 'where this party listens (default: loopback, any port)')
    .option('--tls <folder>', 'certificates made by `triad keys`')
    .option('--insecure', 'plain sockets between hosts: for tests only')
    .addOption(new Option('--timeout <seconds>', 'how long to wait for the others').argParser(positive))
    .option('--json', 'one JSON object a line')
    .option('--debug', 'show the stack of an error');

/** What a party of a program may say: the same for `triad run` and in `job()`. */
export const addJobOptions = (command: Command): Command =>
  addPartyOptions(command, "a computing party's number, or an outside party's name")
    .addOption(
      new Option(
        '--outside <names>',
        'input and result parties, in order, where the program does not say',
      ).argParser(list),
    )
    .addOption(
      new Option('--csv <name=file#columns>', 'values of an input this party owns; repeatable').argParser(
        collect,
      ),
    )
    .option('--out <folder>', 'where the program may write its results')
    .addOption(new Option('--plan').hideHelp());

/** The words that give a command these options again. */
export const wordsOf = (command: Command): string[] =>
  command.options.flatMap((option): string[] => {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) !== 'cli') return [];
    const value: unknown = command.getOptionValue(name);
    if (value === true) return [option.long!];
    return words(value).map((word) => `${option.long}=${word}`);
  });

const words = (value: unknown): string[] => {
  if (!Array.isArray(value)) return [String(value)];
  return value.every((item) => typeof item === 'string') ? [value.join(',')] : value.map(formatCsvSource);
};

const formatCsvSource = ({ name, file, columns }: CsvSource): string =>
  `${name}=${file}${columns === undefined ? '' : `#${columns.join(',')}`}`;

/** Reads a party's command line; arguments of the program itself follow `--`. Ends the process on bad ones. */
export const parseJobValues = (
  argv: readonly string[],
): { readonly values: JobValues; readonly args: readonly string[] } => {
  const command = addJobOptions(new Command('program').argument('[args...]').showHelpAfterError());
  command.parse([...argv], { from: 'user' });
  return { values: command.opts<JobValues & Record<string, unknown>>(), args: command.args };
};
