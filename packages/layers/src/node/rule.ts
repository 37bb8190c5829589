import type { SymbolicShape } from '../shape.js';
import type { Attributes, Kind, Visibility } from './node.js';

/** A node about to be made: what its validity rule looks at. */
export interface Draft<K extends Kind> {
  readonly attributes: Attributes[K];
  readonly inputs: readonly SymbolicShape[];
  readonly kinds: readonly Kind[];
  readonly visibilities: readonly Visibility[];
  /** The node at a position, for attributes that refer to one. */
  readonly at: (id: number) => {
    readonly kind: Kind;
    readonly shape: SymbolicShape;
    readonly inputs: readonly SymbolicShape[];
  };
}

/** The validity rule of a kind: its result's shape and visibility. Throws when the node would make no sense. */
export interface Rule<K extends Kind> {
  readonly arity: number | 'any';
  readonly shape: (draft: Draft<K>) => SymbolicShape;
  /** Default: secret, unless all inputs are public. */
  readonly visibility?: (draft: Draft<K>) => Visibility;
}

export type Family<K extends Kind> = { readonly [P in K]: Rule<P> };
