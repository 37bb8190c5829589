// Whether every pod is closed up as the Pod Security Standard `restricted` asks, and more.
import { podsOf, resourcesOf } from './folder.mjs';
import { failed } from './rule.mjs';

const podRules = ({ securityContext = {}, automountServiceAccountToken }) => [
  securityContext.runAsNonRoot === true || 'runAsNonRoot is missing',
  securityContext.runAsUser > 0 || 'runAsUser is missing, or root',
  securityContext.seccompProfile?.type === 'RuntimeDefault' || 'seccompProfile RuntimeDefault is missing',
  automountServiceAccountToken === false || 'it is given a service account token',
];

const containerRules = ({ securityContext = {}, resources = {}, ...container }) => [
  securityContext.allowPrivilegeEscalation === false || 'allowPrivilegeEscalation: false is missing',
  securityContext.readOnlyRootFilesystem === true || 'readOnlyRootFilesystem is missing',
  (securityContext.capabilities?.drop?.includes('ALL') ?? false) || 'capabilities are not dropped',
  resources.limits?.memory !== undefined || 'a limit of memory is missing',
  (resources.requests?.cpu !== undefined && resources.requests.memory !== undefined) ||
    'requests are missing',
  container.livenessProbe !== undefined || 'livenessProbe is missing',
  container.readinessProbe !== undefined || 'readinessProbe is missing',
];

const namespaceProblems = ({ path, document: { metadata } }) =>
  ['enforce', 'audit', 'warn']
    .filter((mode) => metadata.labels?.[`pod-security.kubernetes.io/${mode}`] !== 'restricted')
    .map((mode) => `${path}: pod security ${mode} is not restricted`);

export const podProblems = (files) => [
  ...resourcesOf(files)
    .filter(({ document }) => document.kind === 'Namespace')
    .flatMap(namespaceProblems),
  ...podsOf(files).flatMap(({ path, pod }) => [
    ...failed(podRules(pod), path),
    ...[...(pod.initContainers ?? []), ...pod.containers].flatMap((container) =>
      failed(containerRules(container), `${path}: ${container.name}`),
    ),
  ]),
];
