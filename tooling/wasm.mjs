// Compiles a package's kernel/index.ts (AssemblyScript) to WebAssembly and inlines it, so no bundler needs a path.
// Run from the package's folder; writes src/kernel.generated.ts.
import { writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

const flags = ['--outFile', 'kernel.wasm', '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory'];
const files = new Map();
const { error, stderr } = await asc.main(['kernel/index.ts', ...flags], {
  writeFile: (name, contents) => void files.set(name, contents),
});
if (error) {
  console.error(String(stderr));
  throw error;
}
const base64 = Buffer.from(files.get('kernel.wasm')).toString('base64');
await writeFile('src/kernel.generated.ts', `export const wasm =\n  '${base64}';\n`);
