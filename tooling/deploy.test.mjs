import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { program } from '../packages/cli/src/program.ts';
import { agreementProblems, operationsProblems, versionProblems, withVersion } from './deploy/agreement.mjs';
import { clusterProblems } from './deploy/cluster.mjs';
import { commandLines, commandProblems } from './deploy/command-line.mjs';
import { composeProblems } from './deploy/compose.mjs';
import { dockerfileProblems } from './deploy/dockerfile.mjs';
import { readFiles } from './deploy/folder.mjs';
import { manifestProblems } from './deploy/manifest.mjs';
import { podProblems } from './deploy/pod.mjs';
import { root } from './run.mjs';

const files = await readFiles();
const { version } = JSON.parse(await readFile(join(root, 'lerna.json'), 'utf8'));
const operations = await readFile(join(root, 'packages/node/src/operations.ts'), 'utf8');

const checks = {
  dockerfile: dockerfileProblems,
  compose: composeProblems,
  manifest: manifestProblems,
  pod: podProblems,
  command: (found) => commandProblems(found, program),
  version: (found) => versionProblems(found, version),
  agreement: agreementProblems,
  cluster: clusterProblems,
  operations: (found) => operationsProblems(found, operations),
};

test.each(Object.keys(checks))('%s: nothing is wrong', async (name) => {
  expect(await checks[name](files)).toEqual([]);
});

test('command lines are found everywhere', () => {
  const count = (path) => commandLines(files).filter((line) => line.path === path).length;
  expect(count('docker/Dockerfile')).toBe(1);
  expect(count('compose.yaml')).toBe(3);
  expect(count('compose.node.yaml')).toBe(1);
  expect(count('kubernetes/base/stateful-set.yaml')).toBe(1);
  expect(count('README.md')).toBeGreaterThan(3);
});

test('the environment is what the command reads', async () => {
  const way = await readFile(join(root, 'packages/cli/src/way.ts'), 'utf8');
  expect(way).toContain("'TRIAD_REDIS'");
  expect(files.get('compose.node.yaml')).toContain('TRIAD_REDIS:');
});

test('a release changes every version, and nothing else', () => {
  const all = (map, to) => new Map([...map].map(([path, text]) => [path, withVersion(text, to)]));
  const next = all(files, '0.2.0-beta.1');
  expect(versionProblems(next, '0.2.0-beta.1')).toEqual([]);
  expect(all(next, version)).toEqual(files);
});

const kubectl = (...words) => spawnSync('kubectl', words, { cwd: join(root, 'deploy'), encoding: 'utf8' });

test.skipIf(kubectl('version', '--client').status !== 0)('kubectl renders what is right', () => {
  const rendered = ['node-0', 'node-1', 'node-2', 'redis'].map((name) => {
    const { status, stdout } = kubectl('kustomize', `kubernetes/${name}`);
    expect(status).toBe(0);
    return [`kubernetes/${name}`, stdout];
  });
  for (const [path, text] of rendered.slice(0, 3)) {
    const namespace = path.replace('kubernetes/node', 'triad');
    expect(text).toContain(`image: registry.example.org/triad:${version}`);
    expect(new Set(text.match(/namespace: triad\S*/g))).toEqual(new Set([`namespace: ${namespace}`]));
  }
  const found = new Map([['README.md', ''], ...rendered]);
  expect([...manifestProblems(found), ...podProblems(found)]).toEqual([]);
});

/** The files with the first `from` of one of them changed. */
const changed = (path, from, to) => {
  const text = files.get(path);
  expect(text).toContain(from);
  return new Map(files).set(
    path,
    text.replace(from, () => to),
  );
};

const dockerfile = 'docker/Dockerfile';
const compose = 'compose.yaml';
const one = 'compose.node.yaml';
const set = 'kubernetes/base/stateful-set.yaml';
const policy = 'kubernetes/base/network-policy.yaml';
const service = 'kubernetes/base/service.yaml';
const overlay = 'kubernetes/node-1/kustomization.yaml';
const readme = 'README.md';

describe.each([
  ['dockerfile', dockerfile, 'WORKDIR /var', 'WORKDIR var', 'WORKDIR paths should be absolute'],
  ['dockerfile', dockerfile, 'ENTRYPOINT ["triad"]', 'ENTRYPOINTS ["triad"]', 'Unknown instruction'],
  ['dockerfile', dockerfile, '--interval=30s', '--interval=30', 'missing unit'],
  ['dockerfile', dockerfile, 'node:22.23-slim', 'node', 'pinned'],
  ['dockerfile', dockerfile, 'node:22.23-slim', 'node:latest', 'pinned'],
  ['dockerfile', dockerfile, 'ENTRYPOINT ["triad"]', 'ENTRYPOINT triad', 'JSON array'],
  ['dockerfile', dockerfile, 'USER 1000:1000', 'USER root', 'USER'],

  ['compose', compose, 'restart: unless-stopped', 'restarts: unless-stopped', 'additional properties'],
  ['compose', compose, 'cap_drop:\n    - ALL', 'cap_drop: ALL', 'cap_drop'],
  ['compose', compose, '"127.0.0.1:8700:8700"', '"8700:8700"', 'no-unbound-port-interfaces'],
  ['compose', compose, 'redis:8.2-alpine', 'redis', 'explicit-tag'],
  ['compose', compose, '  read_only: true\n', '', 'node-2: read_only: true is missing'],
  ['compose', one, '- ALL', '- NET_RAW', 'node: cap_drop: ALL is missing'],
  ['compose', one, 'pids: 256', '', 'node: a limit'],

  ['manifest', set, 'replicas: 1', 'replica: 1', `'"replica"' does not exist`],
  ['manifest', set, 'runAsNonRoot: true', 'runAsNonroot: true', `'"runAsNonroot"' does not exist`],
  ['manifest', set, 'containerPort: 8700', "containerPort: '8700'", 'must be integer'],
  ['manifest', set, 'type: RuntimeDefault', 'type: RuntimeDefaults', 'allowed values'],
  ['manifest', set, '      labels:\n        app', '      label:\n        app', `'"label"' does not exist`],
  ['manifest', policy, 'kind: NetworkPolicy', 'kind: NetworkPolice', 'no such kind'],
  ['manifest', service, 'apiVersion: v1', 'apiVersion: v2', 'no such kind'],
  ['manifest', readme, 'ipBlock:', 'ipblock:', `'"ipblock"' does not exist`],

  ['pod', set, 'readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false', 'readOnlyRootFilesystem'],
  ['pod', set, 'runAsUser: 1000', 'runAsUser: 0', 'runAsUser'],
  ['pod', set, '- ALL', '- NET_RAW', 'capabilities'],
  ['pod', 'kubernetes/base/namespace.yaml', 'enforce: restricted', 'enforce: baseline', 'enforce'],

  ['command', dockerfile, '"node", "--help"', '"nodes"', "unknown command 'nodes'"],
  ['command', compose, '--advertise=node-1', '--announce=node-1', "unknown option '--announce"],
  ['command', one, '      - --identity=/run/identity\n', '', '--identity'],
  ['command', set, '- --operations', '- --metrics', "unknown option '--metrics"],
  ['command', readme, '--days 365', '--day 365', "unknown option '--day'"],
  ['command', readme, 'triad audit', 'triad check', 'check'],
  ['command', readme, '--days 365', '--days soon', 'soon'],

  ['version', dockerfile, 'VERSION=', 'VERSION=9.', 'VERSION is not'],
  ['version', one, 'triad:0', 'triad:9.0', 'names version 9.0'],
  ['version', overlay, 'newTag: ', 'newTag: 9.', 'names version 9.'],
  ['version', readme, '@triad/cli@', '@triad/cli@9.', 'names version 9.'],
  ['version', 'kubernetes/redis/deployment.yaml', 'redis:8.2-alpine', 'redis:latest', 'no tag that stays'],
  ['version', 'kubernetes/redis/deployment.yaml', 'redis:8.2-alpine', 'redis', 'no tag that stays'],

  ['agreement', dockerfile, 'EXPOSE 8700', 'EXPOSE 8701', 'EXPOSE'],
  ['agreement', dockerfile, '127.0.0.1:9400', '127.0.0.1:9401', 'HEALTHCHECK'],
  ['agreement', dockerfile, 'VOLUME /var/lib/triad', 'VOLUME /data', 'VOLUME'],
  ['agreement', compose, '--listen=0.0.0.0:8700', '--listen=0.0.0.0:8800', 'node-0: ports'],
  ['agreement', compose, '--advertise=node-1:8700', '--advertise=node-0:8700', 'others cannot reach'],
  ['agreement', compose, 'redis://redis:', 'redis://rediss:', 'no service rediss'],
  ['agreement', compose, ':/run/identity:ro', ':/run/identity', 'node-0: the identity'],
  ['agreement', one, '127.0.0.1:9400:9400', '0.0.0.0:9400:9400', 'for this host alone'],
  ['agreement', one, 'data:/var/lib/triad', 'data:/data', 'no volume'],
  ['cluster', set, 'containerPort: 9400', 'containerPort: 9401', 'ports are not those'],
  ['cluster', set, 'port: operations', 'port: triad', 'a probe'],
  ['cluster', set, 'port: "9400"', 'port: "9401"', 'Prometheus'],
  ['cluster', service, 'port: 8700', 'port: 8701', 'does not lead to 8700'],
  ['cluster', policy, 'port: 9400', 'port: 9401', 'come in by other ports'],
  ['cluster', policy, 'port: 6379', 'port: 443', 'go out by other ports'],
  ['cluster', overlay, 'ADVERTISE=', 'ANNOUNCE=', 'other names than the arguments'],
  ['cluster', overlay, 'TRIAD_REDIS=', 'REDIS=', 'other names than the arguments'],
  ['cluster', overlay, '.svc:8700', '.svc:8701', 'others cannot reach'],
  ['cluster', overlay, 'images:', 'image:', 'unknown field'],
  ['cluster', overlay, 'name: triad\n', 'name: triads\n', 'an image that no pod has'],
  ['cluster', 'kubernetes/redis/kustomization.yaml', 'service.yaml', 'services.yaml', 'not there'],

  ['operations', set, 'path: /ready', 'path: /readyz', "'/readyz'"],
  ['operations', set, 'path: /metrics', 'path: /metric', "'/metric'"],
  ['operations', readme, 'triad_jobs', 'triad_jobs_total', "'triad_jobs_total'"],
])('%s of %s', (check, path, from, to, problem) => {
  test(`reports ${JSON.stringify(to)} for ${JSON.stringify(from)}`, async () => {
    expect((await checks[check](changed(path, from, to))).join('\n')).toContain(problem);
  });
});
