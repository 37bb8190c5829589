import type { Client, Op, Rank, Session, Step } from '@triad/protocol';
import { decode } from '@triad/ring';
import { fractionBits, type Instruction } from '../lower/instruction.js';
import { encodeArray } from '../lower/maps.js';
import { NdArray } from '../nd-array.js';
import type { Recipient, Role } from '../node/node.js';
import type { BoundShape } from '../shape.js';
import { Shared } from '../shared.js';
import type { BoundFeed, Engine, Exposed, Outputs, SharedInput, StepPlan } from './engine.js';
import type { PreparedRun } from './program-run.js';
import { learnCount, type RowSelection, tellRows } from './selection.js';

/** An input or result party. Of a program's instructions it does the shares it owns and the reveals that are its. */
export class OutsideEngine implements Engine {
  constructor(
    private readonly client: Client,
    private readonly session: Session,
    private readonly rankOf: (role: Role) => Rank,
  ) {}

  compile({ lowered: { instructions } }: PreparedRun): StepPlan {
    const { rank } = this.client;
    const mine = instructions.map((i, index) => ({ i, index }));
    const shares = mine.filter(({ i }) => i.op === 'share' && this.rankOf(i.owner) === rank);
    const reveals = mine.filter(({ i }) => i.op === 'reveal' && i.to !== 'all' && this.rankOf(i.to) === rank);
    return {
      start: async (step, feed) => {
        for (const { i, index } of shares) this.#shareFed(step, index, i, feed);
        return this.#outputs(step, reveals);
      },
    };
  }

  async share(op: Op, name: string, { owner, shape, values }: SharedInput): Promise<Shared> {
    if (owner === this.client.rank && values !== undefined) this.#send(op, values);
    return new Shared(shape, { name });
  }

  adopt(name: string, shape: BoundShape): Shared {
    return new Shared(shape, { name });
  }

  async select(op: Op, { shape, source }: Shared, selection: RowSelection): Promise<Shared> {
    const { owner, rows } = selection;
    if (owner === this.client.rank && rows !== undefined) tellRows(this.session, op, rows);
    const count = rows?.length ?? (await learnCount(op, selection));
    return new Shared([count, ...shape.slice(1)], { name: source.name });
  }

  async reveal(op: Op, { shape }: Exposed, to: Recipient): Promise<NdArray | undefined> {
    return to !== 'all' && this.rankOf(to) === this.client.rank ? this.#receive(op, shape) : undefined;
  }

  async save(): Promise<undefined> {}

  load(): undefined {}

  forget(): void {}

  abandon(): void {}

  dispose(): void {}

  #shareFed(step: Step, index: number, i: Instruction, feed: BoundFeed): void {
    if (i.op === 'share') this.#send(step.op(index), feed[i.name] as NdArray);
  }

  async #outputs(
    step: Step,
    reveals: readonly { readonly i: Instruction; readonly index: number }[],
  ): Promise<Outputs> {
    const outputs: (NdArray | undefined)[] = [];
    const arrived = reveals.map(async ({ i, index }) => {
      outputs[index] = await this.#receive(step.op(index), i.shape);
    });
    await Promise.all(arrived);
    return outputs;
  }

  #send(op: Op, values: NdArray): void {
    const tensor = encodeArray(values);
    this.client.share(op, tensor);
    tensor.dispose();
  }

  async #receive(op: Op, shape: BoundShape): Promise<NdArray> {
    const tensor = await this.client.reveal(op, shape);
    const values = new NdArray(shape, decode(tensor, fractionBits));
    tensor.dispose();
    return values;
  }
}
