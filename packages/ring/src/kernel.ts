import { type Kernel, wasm } from './kernel.generated.js';
import { memory } from './memory.js';

/**
 * Exports of an AssemblyScript module over the shared memory, compiled when first asked for. The module imports
 * `env.memory` and must neither hold static data nor allocate (tooling/wasm.mjs refuses both): all modules see the same
 * addresses, and only `allocate` hands them out.
 */
export const kernel = <Exports>(base64: string): (() => Exports) => {
  let exports: Exports | undefined;
  return () => {
    exports ??= instantiate<Exports>(base64);
    return exports;
  };
};

const instantiate = <Exports>(base64: string): Exports => {
  const code = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(code), {
    env: { memory: memory.wasm as WebAssembly.Memory },
  });
  return instance.exports as Exports;
};

/** This package's own kernels. */
export const kernels = kernel<Kernel>(wasm);
