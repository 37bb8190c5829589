// Whether image and Compose files agree with each other and with the code: versions, images, ports and folders.
import { commandLines, optionOf, portOf, wishesOf } from './command-line.mjs';
import { imageOf } from './dockerfile.mjs';
import { composePaths, isNode, podsOf, servicesOf } from './folder.mjs';
import { failed, same } from './rule.mjs';

/** Triad's own version, behind what names Triad. */
const versionPattern = /(?<=\btriad:|newTag: |\bVERSION=|@triad\/cli@)\d[\w.-]*/g;

/** A file that names this version. */
export const withVersion = (text, version) => text.replace(versionPattern, version);

const imagesOf = (files) => [
  ...composePaths.flatMap((path) => servicesOf(files, path).map(([, { image }]) => ({ path, image }))),
  ...podsOf(files).flatMap(({ path, pod }) => pod.containers.map(({ image }) => ({ path, image }))),
];

/** Every place that names a version of Triad names this one; every image has a tag, and none is `latest`. */
export const versionProblems = (files, version) => {
  const named = [...files].flatMap(([path, text]) =>
    [...text.matchAll(versionPattern)].map(([found]) => ({ path, found })),
  );
  return [
    ...failed([imageOf(files).version === version || `VERSION is not ${version}`], 'docker/Dockerfile'),
    ...named.flatMap(({ path, found }) =>
      failed([found === version || `names version ${found}, not ${version}`], path),
    ),
    // A service without an image is built.
    ...imagesOf(files)
      .filter(({ image = 'built:here' }) => !/:[\w.-]+\}?$/.test(image) || /:latest\}?$/.test(image))
      .map(({ path, image }) => `${path}: ${image} has no tag that stays what it is`),
  ];
};

const imageProblems = (files) => {
  const { ports, volume, health } = imageOf(files);
  const nodes = commandLines(files).filter(({ path }) => composePaths.includes(path));
  return nodes.flatMap(({ path, words }) => {
    const { listen, operations, data } = wishesOf(words);
    const rules = [
      same(ports, [listen, operations]) || 'EXPOSE has other ports than the command line',
      health.includes(`127.0.0.1:${operations}/health`) || 'HEALTHCHECK asks at another port',
      volume === data || 'VOLUME is not the data directory',
    ];
    return failed(rules, `docker/Dockerfile and ${path}`);
  });
};

const serviceRules = (name, { command, ports, volumes }, names) => {
  const { listen, operations, identity, data } = wishesOf(command);
  const redis = /^redis:\/\/([\w.-]+):6379$/.exec(optionOf(command, '--redis'))?.[1];
  const advertise = optionOf(command, '--advertise');
  const local = ports.filter((port) => port.startsWith('127.0.0.1:')).map(portOf);
  return [
    same(ports.map(portOf), [listen, operations]) || 'ports are not those of the command line',
    local.includes(operations) || 'the operations port is not for this host alone',
    volumes.some((volume) => volume.endsWith(`:${identity}:ro`)) || 'the identity is not mounted read-only',
    volumes.some((volume) => volume.endsWith(`:${data}`)) || 'the data directory is no volume',
    redis === undefined || names.includes(redis) || `there is no service ${redis}`,
    advertise.includes('$') || advertise === `${name}:${listen}` || `others cannot reach ${advertise}`,
  ];
};

const serviceProblems = (files, path) => {
  const services = servicesOf(files, path);
  const names = services.map(([name]) => name);
  return services
    .filter(([, service]) => isNode(service))
    .flatMap(([name, service]) => failed(serviceRules(name, service, names), `${path}: ${name}`));
};

/** Ports and folders. */
export const agreementProblems = (files) => [
  ...imageProblems(files),
  ...composePaths.flatMap((path) => serviceProblems(files, path)),
];

/** `source` is the text of packages/node/src/operations.ts: what is asked for is answered there. */
export const operationsProblems = (files, source) => {
  const asked = podsOf(files).flatMap(({ path, metadata, pod }) => {
    const probes = pod.containers.flatMap(({ startupProbe, livenessProbe, readinessProbe }) => [
      startupProbe?.httpGet?.path,
      livenessProbe?.httpGet?.path,
      readinessProbe?.httpGet?.path,
    ]);
    return [...probes, metadata.annotations?.['prometheus.io/path']].map((name) => ({ path, name }));
  });
  const metrics = [...files.get('README.md').matchAll(/\btriad_\w+/g)];
  return [...asked, ...metrics.map(([name]) => ({ path: 'README.md', name }))]
    .filter(({ name }) => name !== undefined && !source.includes(`'${name}'`))
    .map(({ path, name }) => `${path}: '${name}' is not what operations.ts answers`);
};
