import type { Op, Rank, Step } from '@triad/protocol';
import type { Tensor } from '@triad/ring';
import type { NdArray } from '../nd-array.js';
import type { Recipient } from '../node/node.js';
import type { Program } from '../program.js';
import type { BoundShape } from '../shape.js';
import type { Shared } from '../shared.js';
import type { PreparedRun } from './program-run.js';
import type { RowSelection } from './selection.js';

/** What a run was fed, by data name. */
export type BoundFeed = Readonly<Record<string, Shared | NdArray>>;

/** What a run revealed to this party, by position of the instruction. */
export type Outputs = readonly (NdArray | undefined)[];

/** A lowered program on one party. */
export interface StepPlan {
  /**
   * Starts one step; steps are started in order. `count` is the number of earlier runs of the program, which schedules
   * and masks depend on. Resolves when all of it is over here.
   */
  start(step: Step, feed: BoundFeed, count: number): Promise<Outputs>;
}

/** What can be revealed outside a program's run: a parameter, or a shared value. */
export type Exposed = { readonly name: string; readonly shape: BoundShape } | Shared;

/** A value to be shared; only its owner has the values. */
export interface SharedInput {
  readonly owner: Rank;
  readonly shape: BoundShape;
  readonly values?: NdArray;
}

/** The address of call `index` of several that belong together. */
export type OpAt = (index: number) => Op;

/** What a model is saved or loaded for. */
export interface Checkpoint {
  readonly program: Program;
  /** Runs of the program so far. */
  readonly steps: number;
}

/** A model's share, read and checked. */
export interface LoadedModel {
  /** What all computing parties must have alike. */
  readonly description: string;
  readonly steps: number;
  /** Every parameter that the file has. */
  readonly parameters: readonly { readonly name: string; readonly shape: BoundShape }[];
  /** Makes its parameters current. */
  use(): void;
}

/** What one party does: a computing party holds shares, an outside party shares what it owns and gets what is its. */
export interface Engine {
  /** With `checkRanges`, steps end with OutOfRange where a value leaves what fixed point can hold. */
  compile(run: PreparedRun, checkRanges: boolean): StepPlan;
  share(op: Op, name: string, input: SharedInput): Promise<Shared>;
  /** A value shared elsewhere, from this party's parts, which stay the caller's; outside parties have none. */
  adopt(name: string, shape: BoundShape, parts: readonly Tensor[] | undefined): Shared;
  /** Rows of a shared value, as a value of their own. */
  select(op: Op, x: Shared, selection: RowSelection): Promise<Shared>;
  reveal(op: Op, x: Exposed, to: Recipient): Promise<NdArray | undefined>;
  /** This party's share of the program's parameters, as a file; undefined at outside parties. */
  save(at: OpAt, checkpoint: Checkpoint): Promise<Uint8Array | undefined>;
  /** Reads what `save` gave; undefined at outside parties. */
  load(program: Program, file: Uint8Array | undefined, allowMissing: boolean): LoadedModel | undefined;
  /** Frees a shared value and all parts of it. */
  forget(shared: Shared): void;
  /** Ends all steps under way, because one failed. */
  abandon(reason: unknown): void;
  /** Frees parameters and shared values. */
  dispose(): void;
}
