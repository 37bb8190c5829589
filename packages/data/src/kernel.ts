import { kernel } from '@triad/ring';
import { type Kernel, wasm } from './kernel.generated.js';

/** This package's kernels, over the memory of ring. */
export const kernels = kernel<Kernel>(wasm);
