// Whether Kubernetes knows every resource and every field. `kubernetes-models` is generated from Kubernetes' OpenAPI description: its
// schemas check values, its types refuse fields that do not exist, which the schemas let pass.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../run.mjs';
import { resourcesOf } from './folder.mjs';

const require = createRequire(import.meta.url);

const nameOf = ({ path, document: { kind, metadata } }) => `${path}: ${kind} ${metadata?.name}`;

const moduleOf = ({ document: { apiVersion } }) => `kubernetes-models/${apiVersion}`;

const load = (resource) => {
  try {
    return require(moduleOf(resource))[resource.document.kind];
  } catch {
    return undefined;
  }
};

const schemaProblems = (resource) => {
  const Model = load(resource);
  if (Model === undefined) return [`${nameOf(resource)}: Kubernetes has no such kind`];
  try {
    new Model(resource.document).validate();
    return [];
  } catch (error) {
    return [`${nameOf(resource)}: ${error.message}`];
  }
};

/** A resource as a TypeScript module. */
const moduleText = (resource) => {
  const type = `import('${moduleOf(resource)}').I${resource.document.kind}`;
  return `export const resource: ${type} = ${JSON.stringify(resource.document, null, 1)};\n`;
};

const options = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

const typeProblems = (resources) => {
  const virtual = new Map(
    resources.map((resource, i) => [join(root, `tooling/resource-${i}.ts`).replaceAll('\\', '/'), resource]),
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (file) => virtual.has(file) || fileExists(file);
  host.getSourceFile = (file, ...rest) =>
    virtual.has(file)
      ? ts.createSourceFile(file, moduleText(virtual.get(file)), ts.ScriptTarget.ES2022)
      : getSourceFile(file, ...rest);
  const program = ts.createProgram([...virtual.keys()], options, host);
  return [...virtual].flatMap(([file, resource]) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(file))
      .map(({ messageText }) => `${nameOf(resource)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
  );
};

export const manifestProblems = (files) => {
  const resources = resourcesOf(files);
  const found = resources.flatMap(schemaProblems);
  return [...found, ...typeProblems(resources.filter((resource) => load(resource) !== undefined))];
};
