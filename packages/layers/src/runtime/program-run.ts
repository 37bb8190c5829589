import { batchOf } from '../bind.js';
import { distinctReveals, type FetchList, resolveFetches } from '../fetch.js';
import { type Lowered, lower } from '../lower/lower.js';
import { misuse } from '../misuse.js';
import { NdArray, type Nested } from '../nd-array.js';
import type { Node, Role } from '../node/node.js';
import type { Program } from '../program.js';
import { formatShape, type SymbolicShape } from '../shape.js';
import { Shared } from '../shared.js';
import type { BoundFeed, Outputs, StepPlan } from './engine.js';

/** What a run is fed: shares for secret data, numbers by the owner of data that has one. */
export type Feed = Readonly<Record<string, Shared | NdArray | Nested>>;

/** A program lowered for one batch size and one fetch list. */
export class PreparedRun {
  readonly lowered: Lowered;
  /** Per fetch entry, the instructions that may reveal it to this party. */
  readonly #outputs: readonly (readonly number[])[];
  readonly #fed: readonly string[];
  /** Compiled for this party, once all have agreed on it. */
  step: StepPlan | undefined;

  constructor(
    readonly program: Program,
    readonly batch: number | undefined,
    readonly fetchList: FetchList,
    role: Role,
  ) {
    const fetches = resolveFetches(program, fetchList);
    this.lowered = lower(program, batch, distinctReveals(fetches));
    this.#outputs = fetches.map((nodes) => nodes.map((node) => this.lowered.outputs.get(node.id)!));
    this.#fed = this.lowered.instructions.flatMap((i) =>
      i.op === 'input' || (i.op === 'share' && i.owner === role) ? [i.name] : [],
    );
  }

  /** What all computing parties must agree on before it runs. */
  get description(): string {
    const outputs = [...this.lowered.outputs.keys()];
    return JSON.stringify([this.program.hash(), this.batch ?? null, outputs]);
  }

  matches(batch: number | undefined, fetchList: FetchList): boolean {
    if (this.batch !== batch || this.fetchList.length !== fetchList.length) return false;
    for (let i = 0; i < fetchList.length; i++) if (this.fetchList[i] !== fetchList[i]) return false;
    return true;
  }

  checkFed(feed: BoundFeed): void {
    for (const name of this.#fed) {
      if (feed[name] === undefined) throw misuse(`'${name}' was not fed`, `put '${name}' into the feed`);
    }
  }

  /** The fetched values that are revealed to this party. */
  fetched(outputs: Outputs): readonly (NdArray | undefined)[] {
    return this.#outputs.map((positions) => {
      const position = positions.find((p) => outputs[p] !== undefined);
      return position === undefined ? undefined : outputs[position];
    });
  }
}

/** A program as one party runs it: its data by name, and what has been lowered so far. */
export class ProgramRuns {
  /** Runs so far. */
  count = 0;
  readonly #data: ReadonlyMap<string, Node<'data'>>;
  readonly #prepared: PreparedRun[] = [];
  readonly #length: number;

  constructor(
    readonly program: Program,
    private readonly role: Role,
  ) {
    this.#length = program.nodes.length;
    this.#data = new Map(program.data.map((node) => [node.attributes.name, node]));
  }

  /** Nodes have been added since. */
  get outdated(): boolean {
    return this.program.nodes.length !== this.#length;
  }

  /** The feed as arrays and shares, after checking that this party may feed them. */
  bind(feed: Feed): BoundFeed {
    const bound: Record<string, Shared | NdArray> = {};
    for (const name in feed) bound[name] = this.#admit(name, feed[name]!);
    return bound;
  }

  /** The lowered program for this feed. */
  prepared(feed: BoundFeed, fetchList: FetchList, stated: number | undefined): PreparedRun {
    const batch = batchOf(this.#shapes(feed), stated);
    let run = this.#prepared.find((p) => p.matches(batch, fetchList));
    if (run === undefined) {
      run = new PreparedRun(this.program, batch, [...fetchList], this.role);
      this.#prepared.push(run);
    }
    run.checkFed(feed);
    return run;
  }

  #shapes(feed: BoundFeed) {
    const rows: (readonly [string, SymbolicShape, readonly number[]])[] = [];
    for (const name in feed) rows.push([name, this.#data.get(name)!.shape, feed[name]!.shape]);
    return rows;
  }

  #admit(name: string, value: Shared | NdArray | Nested): Shared | NdArray {
    const node = this.#data.get(name);
    if (node === undefined) {
      const known = [...this.#data.keys()].join(', ');
      throw misuse(
        `the program has no data '${name}'`,
        known === '' ? 'declare it with data()' : `it has ${known}`,
      );
    }
    const { owner } = node.attributes;
    if (owner === null) {
      if (value instanceof Shared) return value;
      throw misuse(
        `'${name}' is secret, but was fed numbers`,
        'feed what share() gave, or declare its owner',
      );
    }
    if (value instanceof Shared) {
      throw misuse(
        `'${name}' belongs to ${owner}, who feeds numbers`,
        'declare it without an owner to feed shares',
      );
    }
    if (owner !== this.role) {
      throw misuse(
        `'${name}' belongs to ${owner}, not to ${this.role}`,
        'let only its owner feed it; pass `batch` here',
      );
    }
    const array = NdArray.from(value);
    if (array.shape.length === node.shape.length) return array;
    throw misuse(
      `'${name}' has shape ${formatShape(node.shape)}, but was fed ${formatShape(array.shape)}`,
      'reshape it',
    );
  }
}
