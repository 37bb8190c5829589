// Whether the manifests of a node agree with each other: ports, folders, names, and what each node's folder sets.
import { portOf, wishesOf } from './command-line.mjs';
import { kustomizationsOf, podsOf, resourcesOf } from './folder.mjs';
import { failed, same } from './rule.mjs';

const base = 'kubernetes/base/';

const find = (files, kind) =>
  resourcesOf(files).find(({ path, document }) => path.startsWith(base) && document.kind === kind);

const nodePod = (files) => podsOf(files).find(({ path }) => path.startsWith(base));

const podProblems = ({ path, metadata, pod }) => {
  const [{ args, ports, volumeMounts, startupProbe, livenessProbe, readinessProbe }] = pod.containers;
  const { listen, operations, identity, data } = wishesOf(args);
  const own = ports.map(({ containerPort }) => containerPort);
  const portNamed = (port) => ports.find(({ name }) => name === port)?.containerPort ?? port;
  const probes = [startupProbe, livenessProbe, readinessProbe];
  const mounted = (at) => volumeMounts.find(({ mountPath }) => mountPath === at);
  const rules = [
    same(own, [listen, operations]) || 'ports are not those of the arguments',
    probes.every(({ httpGet }) => portNamed(httpGet.port) === operations) || 'a probe asks at another port',
    portOf(`:${metadata.annotations['prometheus.io/port']}`) === operations ||
      'Prometheus asks at another port',
    mounted(identity)?.readOnly === true || 'the identity is not mounted read-only',
    mounted(data) !== undefined || 'the data directory is no volume',
  ];
  return failed(rules, path);
};

const networkProblems = (files, { pod: { containers } }) => {
  const [{ args, ports }] = containers;
  const { listen, operations } = wishesOf(args);
  const service = find(files, 'Service');
  const policy = find(files, 'NetworkPolicy');
  const [{ port, targetPort }] = service.document.spec.ports;
  const target = ports.find(({ name }) => name === targetPort)?.containerPort;
  const allowed = (way) => policy.document.spec[way].flatMap((rule) => rule.ports.map((each) => each.port));
  return [
    ...failed([same([port, target], [listen, listen]) || `it does not lead to ${listen}`], service.path),
    ...failed(
      [
        same(allowed('ingress'), [listen, operations]) || 'others may come in by other ports',
        same(allowed('egress'), [listen, 53, 53, 6379]) || 'the node may go out by other ports',
      ],
      policy.path,
    ),
  ];
};

// Kustomize's own fields, as far as they are used here.
const fields = ['apiVersion', 'kind', 'namespace', 'resources', 'images', 'configMapGenerator', 'patches'];

const fieldProblems = (files, { path, document }, image) => {
  const { resources = [], images = [] } = document;
  const folder = path.slice(0, path.lastIndexOf('/'));
  const rules = [
    Object.keys(document).every((key) => fields.includes(key)) || 'it has an unknown field',
    resources.every((name) => name === '../base' || files.has(`${folder}/${name}`)) ||
      'it names a resource that is not there',
    images.every(({ name }) => image.startsWith(`${name}:`)) || 'it replaces an image that no pod has',
  ];
  return failed(rules, path);
};

/** Read by the command itself (packages/cli/src/way.ts). */
const variable = 'TRIAD_REDIS';

/** The config map of a node's folder sets what the arguments and the command take from it, and its address is that of the service. */
const settingProblems = ({ path, document }, { args, envFrom }) => {
  const { namespace, configMapGenerator: [{ name, literals }] = [{ literals: [] }] } = document;
  const settings = new Map(literals.map((literal) => literal.split(/=(.*)/s)));
  const wanted = [...args.flatMap((word) => /\$\((\w+)\)/.exec(word)?.[1] ?? []), variable];
  const rules = [
    envFrom.some(({ configMapRef }) => configMapRef?.name === name) || 'no pod reads its config map',
    same(settings.keys(), wanted) || 'its config map has other names than the arguments',
    settings.get('ADVERTISE') === `node.${namespace}.svc:${wishesOf(args).listen}` ||
      'others cannot reach what it advertises',
  ];
  return failed(rules, path);
};

export const clusterProblems = (files) => {
  const node = nodePod(files);
  const [container] = node.pod.containers;
  const kustomizations = kustomizationsOf(files);
  const nodes = kustomizations.filter(({ document }) => document.resources?.includes('../base'));
  return [
    ...podProblems(node),
    ...networkProblems(files, node),
    ...kustomizations.flatMap((each) => fieldProblems(files, each, container.image)),
    ...nodes.flatMap((each) => settingProblems(each, container)),
  ];
};
