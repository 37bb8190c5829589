import type { NdArray } from '../nd-array.js';
import type { Kind, Node, Table } from '../node/node.js';
import type { BoundShape } from '../shape.js';
import { arithmetic } from './arithmetic.js';
import { bilinear } from './bilinear.js';
import { layout } from './layout.js';

/** What a meaning looks at: bound shapes and the inputs' values. */
export interface Scene {
  readonly shape: BoundShape;
  readonly inputs: readonly NdArray[];
  readonly shapeOf: (id: number) => BoundShape;
  readonly nodeAt: (id: number) => Node;
}

/** Kinds whose value is a function of their inputs alone. */
export type PureKind = Exclude<Kind, 'data' | 'parameter' | 'constant' | 'share' | 'reveal' | 'assign'>;

export type MeaningFamily<K extends Kind> = Pick<Table<readonly [scene: Scene], NdArray>, K>;

/** The float64 meaning of every pure kind: the definition that lowered programs are tested against. */
export const meanings: MeaningFamily<PureKind> = { ...arithmetic, ...layout, ...bilinear };
