import type { NdArray } from '../nd-array.js';
import type { Kind, Node, Table } from '../node/node.js';
import type { BoundShape } from '../shape.js';

/** What a meaning looks at: bound shapes and the inputs' values. */
export interface Scene {
  readonly shape: BoundShape;
  readonly inputs: readonly NdArray[];
  readonly shapeOf: (id: number) => BoundShape;
  readonly nodeAt: (id: number) => Node;
  /** Steps before this one. */
  readonly step: number;
}

/** Kinds whose value is a function of their inputs alone. */
export type PureKind = Exclude<Kind, 'data' | 'parameter' | 'constant' | 'share' | 'reveal' | 'assign'>;

/** The meanings of some kinds. */
export type MeaningFamily<K extends Kind> = Pick<Table<readonly [scene: Scene], NdArray>, K>;
