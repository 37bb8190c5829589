import { Command } from 'commander';
import { badArgument } from '../bad-argument.js';
import { type Accuracy, measureAccuracy } from '../bench/accuracy.js';
import type { Result } from '../bench/case.js';
import { partyCases } from '../bench/cases.js';
import { benchJob } from '../bench/job.js';
import { shareResult, shareSizes } from '../bench/share.js';
import { ringMatmulResult, roundsResult } from '../bench/single.js';
import { formatAccuracy, formatResults } from '../bench/table.js';
import { count } from '../job-option.js';

interface Options {
  readonly runs: number;
  readonly link: 'plain' | 'tls' | 'both';
  readonly json?: boolean;
}

const single = ['ring-matmul-512', 'rounds'];
const accuracyName = 'accuracy';
/** Needs a package that is not installed with this one. */
const onDemand = ['psi-js-12'];
const names = [...partyCases.keys(), ...shareSizes.keys(), ...single, accuracyName];

/** `triad bench [NAME...]`. */
export const benchCommand = (): Command =>
  new Command('bench')
    .description(
      'measure this machine: the parties are processes on loopback, each figure beside a reference of the same run',
    )
    .argument('[names...]', `which of ${names.join(', ')}; default all but ${onDemand.join(', ')}`)
    .option('--runs <number>', 'runs of which the median counts', count, 7)
    .option('--link <kind>', 'plain, tls or both', 'both')
    .option('--json', 'one JSON object a line')
    .option('--debug', 'show the stack of an error')
    .action(run);

const run = async (chosen: readonly string[], { runs, link, json = false }: Options): Promise<void> => {
  for (const name of chosen) {
    if (!names.includes(name))
      throw badArgument(`there is no benchmark '${name}'`, `choose of ${names.join(', ')}`);
  }
  const wanted = chosen.length === 0 ? names.filter((name) => !onDemand.includes(name)) : chosen;
  const links = linksOf(link);
  const results: Result[] = [];
  for (const name of wanted.filter((each) => each !== accuracyName)) {
    for await (const result of measure(name, links, runs)) {
      results.push(result);
      if (json) console.log(JSON.stringify(result));
      else console.error(`measured ${result.name}${result.link === 'none' ? '' : `, ${result.link}`}`);
    }
  }
  if (!json && results.length > 0) console.log(formatResults(results));
  if (wanted.includes(accuracyName)) await accuracy(json);
};

const accuracy = async (json: boolean): Promise<void> => {
  const rows: Accuracy[] = [];
  for await (const row of measureAccuracy()) {
    rows.push(row);
    if (json) console.log(JSON.stringify(row));
  }
  if (!json) console.log(`\n${formatAccuracy(rows)}`);
};

const linksOf = (link: string): readonly ('plain' | 'tls')[] => {
  if (link === 'both') return ['plain', 'tls'];
  if (link === 'plain' || link === 'tls') return [link];
  throw badArgument(`--link ${link} is not a kind of link`, 'choose plain, tls or both');
};

async function* measure(
  name: string,
  links: readonly ('plain' | 'tls')[],
  runs: number,
): AsyncGenerator<Result> {
  if (name === 'ring-matmul-512') return yield await ringMatmulResult(runs);
  if (shareSizes.has(name)) return yield await shareResult(name, runs);
  const each = partyCases.get(name);
  const reference = await each?.reference();
  for (const link of links) {
    yield each === undefined
      ? await roundsResult(link, runs)
      : await benchJob(each, reference!, { link, runs });
  }
}
