import { misuse } from './misuse.js';
import type { Program } from './program.js';
import { type BoundShape, bindShape, formatShape, type SymbolicShape } from './shape.js';

/** Every node's shape with the batch filled in; null for nodes whose shape needs a batch that is not known. */
export const boundShapes = (program: Program, batch: number | undefined): readonly BoundShape[] =>
  program.nodes.map((node) => bindShape(node.shape, node.shape.includes(null) ? batch : undefined));

/** The batch that these fed shapes agree on, undefined when no fed shape has one. */
export const batchOf = (
  fed: Iterable<readonly [name: string, declared: SymbolicShape, shape: BoundShape]>,
  stated?: number,
): number | undefined => {
  let batch = stated;
  if (batch !== undefined && !(Number.isSafeInteger(batch) && batch > 0)) {
    throw misuse(`a batch cannot have ${batch} rows`, 'use a whole number above 0');
  }
  for (const [name, declared, shape] of fed) {
    const fits = declared.length === shape.length && declared.every((d, i) => d === null || d === shape[i]);
    if (!fits) {
      throw misuse(
        `'${name}' has shape ${formatShape(declared)}, but was fed ${formatShape(shape)}`,
        'feed the shape it was declared with',
      );
    }
    if (declared[0] !== null) continue;
    if (batch !== undefined && batch !== shape[0]) {
      throw misuse(
        `'${name}' was fed ${shape[0]} rows where the batch has ${batch}`,
        'feed equally many rows',
      );
    }
    batch = shape[0];
  }
  return batch;
};
