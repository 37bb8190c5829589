import ts from 'typescript';

const to = (module: ts.ModuleKind) => (text: string) =>
  ts.transpileModule(text, {
    compilerOptions: { module, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  }).outputText;

/** TypeScript as the ESM Node runs. */
export const esm = to(ts.ModuleKind.ESNext);

/** TypeScript as CommonJS: every import becomes a `require()`. */
export const commonJs = to(ts.ModuleKind.CommonJS);
