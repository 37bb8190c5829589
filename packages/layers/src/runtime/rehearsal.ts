import {
  type Cost,
  local,
  type Network,
  openSession,
  type Rank,
  type Scheme,
  type Session,
} from '@triad/protocol';
import type { FetchList } from '../fetch.js';
import { NdArray } from '../nd-array.js';
import type { Recipient, Role } from '../node/node.js';
import { drawCost, type Plan, plan } from '../plan.js';
import type { Program } from '../program.js';
import { type BoundShape, countElements } from '../shape.js';
import { Shared } from '../shared.js';
import type { Engine, Exposed, Outputs, SharedInput, StepPlan } from './engine.js';
import type { PreparedRun } from './program-run.js';
import { type RowSelection, selectionCost } from './selection.js';

/** A call that would have talked to other parties. */
export type RehearsedCall =
  | {
      readonly kind: 'share' | 'select' | 'draw' | 'reveal';
      readonly name: string;
      readonly shape: BoundShape;
      readonly cost: Cost;
    }
  | { readonly kind: 'run'; readonly run: RehearsedRun };

/** What is run: the same object for every run of its kind. */
export interface RehearsedRun {
  readonly program: Program;
  readonly batch: number | undefined;
  readonly fetchList: FetchList;
  readonly plan: Plan;
}

/**
 * A network on which nobody is met: `init` with it makes a party that runs a program file from its beginning to its end
 * without others, sees zeros wherever something would be revealed to it, and tells of every call.
 */
export interface Rehearsal extends Network {
  readonly rehearse: (call: RehearsedCall) => void;
}

export const isRehearsal = (network: Network): network is Rehearsal => 'rehearse' in network;

/** Costs what a computing party's calls would cost, and computes nothing. */
export class RehearsalEngine<S> implements Engine {
  readonly #drawn = new Set<string>();

  constructor(
    private readonly scheme: Scheme<S>,
    private readonly rankOf: (role: Role) => Rank,
    private readonly rank: Rank,
    private readonly tell: (call: RehearsedCall) => void,
  ) {}

  compile({ program, batch, fetchList, lowered }: PreparedRun): StepPlan {
    const run = {
      program,
      batch,
      fetchList,
      plan: plan(program, this.scheme, { fetchList, ...(batch !== undefined && { batch }) }),
    };
    this.#draw(program);
    const outputs: Outputs = lowered.instructions.map((i) =>
      i.op === 'reveal' && (i.to === 'all' || i.to === this.rank) ? new NdArray(i.shape) : undefined,
    );
    return {
      start: async () => {
        this.tell({ kind: 'run', run });
        return outputs;
      },
    };
  }

  async share(_op: unknown, name: string, { owner, shape }: SharedInput): Promise<Shared> {
    const cost = this.scheme.cost.share(countElements(shape), owner);
    this.tell({ kind: 'share', name, shape, cost });
    return new Shared(shape, { name });
  }

  adopt(name: string, shape: BoundShape): Shared {
    return new Shared(shape, { name });
  }

  /** All rows are selected: which ones is not known. */
  async select(
    _op: unknown,
    { source, shape }: Shared,
    { owner, start, end }: RowSelection,
  ): Promise<Shared> {
    const cost = selectionCost(this.scheme.parties, owner, end - start);
    this.tell({ kind: 'select', name: source.name, shape, cost });
    return new Shared(shape, { name: source.name });
  }

  async reveal(_op: unknown, x: Exposed, to: Recipient): Promise<NdArray | undefined> {
    const rank = to === 'all' ? to : this.rankOf(to);
    const name = x instanceof Shared ? x.source.name : x.name;
    this.tell({
      kind: 'reveal',
      name,
      shape: x.shape,
      cost: this.scheme.cost.reveal(countElements(x.shape), rank),
    });
    return rank === 'all' || rank === this.rank ? new NdArray(x.shape) : undefined;
  }

  async save(): Promise<undefined> {}

  /** What a file has is not drawn; of one that may miss parameters nothing is known. */
  load(program: Program, _file: unknown, allowMissing: boolean): undefined {
    if (!allowMissing) for (const { attributes } of program.parameters) this.#drawn.add(attributes.name);
  }

  forget(): void {}

  abandon(): void {}

  dispose(): void {}

  #draw(program: Program): void {
    for (const { attributes } of program.parameters) {
      if (attributes.initializer.kind === 'constant' || this.#drawn.has(attributes.name)) continue;
      this.#drawn.add(attributes.name);
      const { name, shape } = attributes;
      this.tell({ kind: 'draw', name, shape, cost: drawCost(this.scheme, attributes) });
    }
  }
}

/** A session of one party: there is nobody to send to. */
export const lonelySession = (): Promise<Session> => openSession(local(1).channels[0]!, { parties: 1 });
