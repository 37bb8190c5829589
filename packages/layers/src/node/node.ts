import type { FunctionName } from '../function/function.js';
import type { Schedule } from '../schedule.js';
import type { SymbolicShape } from '../shape.js';

/** A computing party's number, or an outside party's name. */
export type Role = number | string;

/** Whom a reveal is for: one role, or all computing parties. */
export type Recipient = Role | 'all';

/** Who may see a value: nobody, everybody, or one role. */
export type Visibility = 'secret' | 'public' | { readonly owner: Role };

/**
 * How a parameter starts: everywhere the same public value, or drawn under sharing, uniform in (-limit, limit) or normal
 * around 0.
 */
export type Initializer =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'normal'; readonly deviation: number };

export interface Convolution {
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly groups: number;
}

/** Sliding windows over images. */
export interface Windows {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
}

type None = Readonly<Record<string, never>>;

/** What each kind of node says beside its inputs. Numbers that name nodes are positions in the program. */
export interface Attributes {
  data: { readonly name: string; readonly shape: SymbolicShape; readonly owner: Role | null };
  parameter: { readonly name: string; readonly shape: readonly number[]; readonly initializer: Initializer };
  constant: { readonly shape: readonly number[]; readonly values: readonly number[] };
  /** Turns its owner's value into a secret. */
  share: None;
  /** The only exit of a secret. */
  reveal: { readonly to: Recipient; readonly name?: string };
  /** Inputs: a parameter, and what it becomes when the step is over. */
  assign: None;
  add: None;
  sub: None;
  /** Times factor, divided by the number of elements of node `over` (whose size the batch may decide). */
  scale: { readonly factor: number; readonly over: number | null };
  sum: { readonly axes: readonly number[]; readonly keepDims: boolean };
  broadcast: { readonly shape: SymbolicShape };
  reshape: { readonly shape: SymbolicShape };
  transpose: { readonly axes: readonly number[] };
  /** Per axis from start up to, not including, end; null: to the end. */
  slice: { readonly start: readonly number[]; readonly end: readonly (number | null)[] };
  concat: { readonly axis: number };
  /** Zeros before and after, per axis. */
  pad: { readonly before: readonly number[]; readonly after: readonly number[] };
  /** Images [batch, channels, height, width] as [batch, channels * kh * kw, windows]. */
  windows: Windows;
  /** Its adjoint: every tap is added to where it came from, in images of `shape`. */
  unwindows: Windows & { readonly shape: SymbolicShape };
  /** Times a public number that depends on the step. */
  scheduled: { readonly schedule: Schedule };
  /**
   * Times a public random mask, fresh in every step: 0 with probability `rate`, else 1 / (1 - rate). Nodes with one
   * `stream` and shape have one mask.
   */
  mask: { readonly rate: number; readonly stream: number };
  /** 1 where x < y, else 0. */
  less: None;
  /** A function of one number, element by element; arguments are promised to be in [low, high]. */
  function: {
    readonly name: FunctionName;
    readonly low: number;
    readonly high: number;
    /** A relative error that is good enough. */
    readonly tolerance?: number;
  };
  /** x / y, broadcasting; y is promised to be in [low, high], above 0. */
  divide: { readonly low: number; readonly high: number };
  /** The value itself, which counts as constant in gradients. */
  detach: None;
  /** Inputs: a value, x, and the slope that the value's gradient with respect to x is taken to be. */
  withSlope: None;
  mul: None;
  matmul: None;
  conv2d: Convolution;
  /**
   * Adjoint of the bilinear node `of` in one argument. Side x: inputs (g, y), the gradient of x; side y: inputs
   * (x, g), the gradient of y.
   */
  adjoint: { readonly of: number; readonly side: 'x' | 'y' };
}

export type Kind = keyof Attributes;

/** One value of a program. Its inputs are positions of earlier nodes. */
export interface Node<K extends Kind = Kind> {
  readonly id: number;
  readonly kind: K;
  readonly inputs: readonly number[];
  readonly attributes: Attributes[K];
  readonly shape: SymbolicShape;
  readonly visibility: Visibility;
}

/** One entry per kind. */
export type Table<A extends readonly unknown[], R> = {
  readonly [K in Kind]: (node: Node<K>, ...rest: A) => R;
};

/** The entry for this node, applied. */
export const dispatch = <K extends Kind, A extends readonly unknown[], R>(
  table: Table<A, R>,
  node: Node<K>,
  ...rest: A
): R => table[node.kind](node, ...rest);
