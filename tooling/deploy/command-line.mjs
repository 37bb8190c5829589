// Whether every `triad ...` that deploy/ has would be understood by the command of this repository.

import { imageOf } from './dockerfile.mjs';
import { codeBlocks, composePaths, isNode, podsOf, servicesOf } from './folder.mjs';

const jsonWords = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text.split(' ');
  }
};

/** What a shell would split; quotes hold no spaces here. */
const words = (line) =>
  line
    .replace(/ +[#|>&].*$/, '')
    .trim()
    .split(/ +/);

/** `triad ...`, and `triad:0.1.0 ...` where an image is run. */
const shellLines = (text) =>
  text
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .flatMap((line) => /(?:^|\s)triad(?::\S+)? +([^#\s].*)$/.exec(line)?.[1] ?? [])
    .map(words);

/** All command lines, as { path, words } without the `triad` in front. */
export const commandLines = (files) => {
  const { entrypoint, command } = imageOf(files);
  const image = [...jsonWords(entrypoint), ...jsonWords(command)].slice(1);
  const services = composePaths.flatMap((path) =>
    servicesOf(files, path)
      .filter(([, service]) => isNode(service))
      .map(([, service]) => ({ path, words: service.command })),
  );
  const containers = podsOf(files).flatMap(({ path, pod }) =>
    pod.containers.filter(isNode).map(({ args }) => ({ path, words: args })),
  );
  const shell = codeBlocks(files.get('README.md'))
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => shellLines(text))
    .map((found) => ({ path: 'README.md', words: found }));
  return [{ path: 'docker/Dockerfile', words: image }, ...services, ...containers, ...shell];
};

/** The value of an option, written with or without `=`. */
export const optionOf = (line, name) => {
  const at = line.findIndex((word) => word === name || word.startsWith(`${name}=`));
  return at < 0 ? undefined : line[at] === name ? line[at + 1] : line[at].slice(name.length + 1);
};

/** The port at the end of an address. */
export const portOf = (address) => Number(/:(\d+)$/.exec(address)?.[1]);

/** What a node's command line says about its surroundings. */
export const wishesOf = (line) => ({
  listen: portOf(optionOf(line, '--listen')),
  operations: portOf(optionOf(line, '--operations')),
  identity: optionOf(line, '--identity'),
  data: optionOf(line, '--data'),
});

/** Commands that parse, and do nothing. */
const quiet = (command) => {
  command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
  if (command.commands.length === 0) command.action(() => {});
  for (const child of command.commands) quiet(child);
  return command;
};

const problemOf = (program, line) => {
  try {
    quiet(program()).parse(line, { from: 'user' });
  } catch (error) {
    if (error.exitCode !== 0) return error.message;
  }
  return undefined;
};

/** `program` makes the command, as packages/cli/src/program.ts. */
export const commandProblems = (files, program) =>
  commandLines(files)
    .map(({ path, words: line }) => ({ path, line, problem: problemOf(program, line) }))
    .filter(({ problem }) => problem !== undefined)
    .map(({ path, line, problem }) => `${path}: triad ${line.join(' ')}: ${problem}`);
