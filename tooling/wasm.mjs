// Compiles a package's kernel/index.ts (AssemblyScript) to WebAssembly and inlines it, so no bundler needs a path.
// Run from the package's folder; writes src/kernel.generated.ts: the module as base64 and the types of its exports.
// All packages' kernels share one memory whose addresses @triad/ring hands out, so static data, the runtime's heap and
// imports other than that memory are refused.
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

const target = 'src/kernel.generated.ts';
const flags =
  '-O3 --noAssert --runtime stub --enable simd --importMemory --noExportMemory --bindings raw'.split(' ');

const digest = async () => {
  const names = (await readdir('kernel')).filter((name) => name.endsWith('.ts')).sort();
  const hash = createHash('sha256')
    .update(asc.version)
    .update(await readFile(import.meta.filename));
  for (const name of names) hash.update(name).update(await readFile(`kernel/${name}`));
  return hash.digest('hex');
};

const compile = async () => {
  const files = new Map();
  const outputs = ['--outFile', 'kernel.wasm', '--textFile', 'kernel.wat'];
  const { error, stderr } = await asc.main(['kernel/index.ts', ...outputs, ...flags], {
    writeFile: (name, contents) => void files.set(name, contents),
  });
  if (error) throw new Error(String(stderr), { cause: error });
  return files;
};

/** Refuses what cannot live beside other modules in the shared memory. */
const check = (module, text) => {
  const imports = WebAssembly.Module.imports(module).filter(({ name }) => name !== 'memory');
  if (imports.length > 0) throw new Error(`kernels import ${imports.map(({ name }) => name).join(', ')}`);
  if (/^ *\(data /m.test(text)) throw new Error('kernels hold static data: compute it, or pass it in');
  if (text.includes('~lib/rt')) throw new Error('kernels allocate: let the caller pass scratch memory in');
};

const types = (declarations) =>
  [...declarations.matchAll(/^ {2}export function (.*);$/gm)]
    .map(([, signature]) => `  ${signature};\n`)
    .join('');

const header = `// ${await digest()}\n`;
const present = await readFile(target, 'utf8').catch(() => '');
if (!present.startsWith(header)) {
  const files = await compile();
  check(new WebAssembly.Module(files.get('kernel.wasm')), files.get('kernel.wat'));
  const base64 = Buffer.from(files.get('kernel.wasm')).toString('base64');
  const exports = `export interface Kernel {\n${types(files.get('kernel.d.ts'))}}\n`;
  await writeFile(target, `${header}${exports}export const wasm =\n  '${base64}';\n`);
}
