// What is wrong with the Dockerfile: what `dockerfile-utils` finds, and what this image promises.
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { failed } from './rule.mjs';

const path = 'docker/Dockerfile';

/** What an image made of it does. */
export const imageOf = (files) => {
  const parsed = DockerfileParser.parse(files.get(path));
  const all = (keyword) => parsed.getInstructions().filter((each) => each.getKeyword() === keyword);
  const last = (keyword) => all(keyword).at(-1)?.getArgumentsContent() ?? '';
  return {
    bases: parsed.getFROMs().map((from) => from.getImage()),
    version: last('ARG').replace(/^VERSION=/, ''),
    entrypoint: last('ENTRYPOINT'),
    command: last('CMD'),
    user: last('USER'),
    volume: last('VOLUME'),
    ports: last('EXPOSE').split(' ').map(Number),
    health: last('HEALTHCHECK'),
  };
};

const lint = (text) =>
  validate(text).map(({ range, message }) => `${path}:${range.start.line + 1}: ${message}`);

const promises = ({ bases, entrypoint, user }) => [
  bases.every((base) => /:\d+\.\d+/.test(base)) || 'a base image is pinned to major.minor',
  entrypoint.startsWith('[') || 'ENTRYPOINT is a JSON array, so that signals reach the command',
  /^[1-9]\d*(:[1-9]\d*)?$/.test(user) || 'USER is a number above 0',
];

export const dockerfileProblems = (files) => [
  ...lint(files.get(path)),
  ...failed(promises(imageOf(files)), path),
];
