// The files of deploy/ and what is in them. Checks take the files as a map from path to text, so that a test can change them.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { root } from '../run.mjs';

const isText = (path) => /(^|\/)(Dockerfile|[^/]+\.(ya?ml|md))$/.test(path) && !/(^|\/)keys\//.test(path);

/** Every file of deploy/, by its path in there. */
export const readFiles = async () => {
  const folder = join(root, 'deploy');
  const entries = await readdir(folder, { recursive: true });
  const paths = entries
    .map((entry) => entry.replaceAll('\\', '/'))
    .filter(isText)
    .sort();
  const texts = await Promise.all(paths.map((path) => readFile(join(folder, path), 'utf8')));
  return new Map(paths.map((path, i) => [path, texts[i]]));
};

export const composePaths = ['compose.yaml', 'compose.node.yaml'];

/** Services of a Compose file by name, `<<` merged in. */
export const servicesOf = (files, path) => Object.entries(parse(files.get(path), { merge: true }).services);

/** Whether a service or container runs the `triad` command. */
export const isNode = ({ image = 'triad:' }) => /(^|\/)triad:|TRIAD_IMAGE/.test(image);

/** Text of the blocks of code in a Markdown file, fenced and indented, with the language of the fence. */
export const codeBlocks = (markdown) => {
  const fenced = [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  const indented = [...markdown.matchAll(/(?:^ {4}.*\n)+/gm)];
  return [
    ...fenced.map(([, language, text]) => ({ language, text })),
    ...indented.map(([text]) => ({ language: 'sh', text: text.replace(/^ {4}/gm, '') })),
  ];
};

const yamlTexts = (files) => [
  ...[...files].filter(([path]) => path.startsWith('kubernetes/')),
  ...codeBlocks(files.get('README.md'))
    .filter(({ language }) => language === 'yaml')
    .map(({ text }) => ['README.md', text]),
];

/** What Kubernetes is given, as { path, document }: `kubectl` reads YAML 1.1. */
export const manifestsOf = (files) =>
  yamlTexts(files).flatMap(([path, text]) =>
    parseAllDocuments(text, { version: '1.1' })
      .map((document) => ({ path, document: document.toJS() }))
      .filter(({ document }) => document?.apiVersion !== undefined),
  );

const isKustomization = ({ document }) => document.kind === 'Kustomization';

export const resourcesOf = (files) => manifestsOf(files).filter((manifest) => !isKustomization(manifest));

export const kustomizationsOf = (files) => manifestsOf(files).filter(isKustomization);

/** Pod templates of resources, as { path, pod, metadata }. */
export const podsOf = (files) =>
  resourcesOf(files).flatMap(({ path, document: { spec } }) =>
    spec?.template === undefined ? [] : [{ path, metadata: spec.template.metadata, pod: spec.template.spec }],
  );
