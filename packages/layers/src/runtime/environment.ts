import {
  type Agreement,
  type Network,
  openSession,
  type Rank,
  type Scheme,
  type Session,
} from '@triad/protocol';
import type { Tensor } from '@triad/ring';
import type { FetchList } from '../fetch.js';
import { fractionBits } from '../lower/instruction.js';
import { misuse } from '../misuse.js';
import type { NdArray } from '../nd-array.js';
import type { Recipient, Role } from '../node/node.js';
import type { Program } from '../program.js';
import { type BoundShape, formatShape, sameShape } from '../shape.js';
import { Shared } from '../shared.js';
import { breath } from './breath.js';
import { ComputingEngine } from './computing.js';
import type { Deposit } from './deposit.js';
import type { Engine, Exposed, LoadedModel, SharedInput } from './engine.js';
import { OutsideEngine } from './outside.js';
import { type Feed, type PreparedRun, ProgramRuns } from './program-run.js';
import { Queue } from './queue.js';
import { isRehearsal, lonelySession, RehearsalEngine } from './rehearsal.js';

/** Steps that may be under way at once. */
const stepsInFlight = 8;

/** A parameter that lives in an environment. */
export interface Parameter {
  readonly name: string;
  readonly shape: BoundShape;
}

/** What a run may say beside its feed. */
export interface RunOptions {
  /** Rows, where no feed of this party says it. */
  readonly batch?: number | undefined;
  /** How many runs of the program count as earlier ones. */
  readonly index?: number | undefined;
}

export interface EnvironmentOptions {
  /**
   * Takes what is revealed to outside parties, who then need not be there: this computing party's shares, shared anew. In the order in which
   * values become known, not that of the calls. Default: they are there.
   */
  readonly deposit?: (deposit: Deposit) => void;
}

interface Joined {
  readonly session: Session;
  readonly engine: Engine;
}

/**
 * One party of a job: its role, its connection, and the parameters and shares it holds. It joins the others at the
 * first share or run, with the hash of the program that causes it as part of the handshake.
 */
export class Environment {
  readonly parameters = new Map<string, Parameter>();
  /** See ExecutorOptions. */
  checkRanges = false;
  readonly #programs = new WeakMap<Program, ProgramRuns>();
  readonly #queue: Queue;
  readonly #uses = new Map<string, number>();
  #joining: Promise<Joined> | undefined;
  #joined: Joined | undefined;
  #closed = false;
  #steps = 0;
  #closedSteps = 0;
  readonly #overEarly = new Set<number>();

  constructor(
    readonly role: Role,
    private readonly join: (program: Program, onError: (reason: unknown) => void) => Promise<Joined>,
    private readonly rankOf: (role: Role) => Rank,
    private readonly rehearsing = false,
  ) {
    const breathe = breath();
    this.#queue = new Queue(
      stepsInFlight,
      async () => {
        await this.#joined!.session.channel.drain();
        await breathe();
      },
      (reason) => this.#end(reason),
    );
  }

  /** Whether this party's values of an input are needed: it owns them, and this is no rehearsal. */
  owns(owner: Role): boolean {
    return owner === this.role && !this.rehearsing;
  }

  /** Shares a value, or takes part in its sharing. */
  async share(
    program: Program,
    name: string,
    input: Omit<SharedInput, 'owner'> & { readonly owner: Role },
  ): Promise<Shared> {
    const use = this.#count(`share/${name}`);
    const { session, engine } = await this.#connect(program);
    const op = session.op(`triad/layers/share/${name}`, use);
    const shared = await engine.share(op, name, { ...input, owner: this.rankOf(input.owner) });
    await session.channel.drain();
    return shared;
  }

  /** A value whose shares are there already: this party's parts of it. */
  async adopt(
    program: Program,
    name: string,
    { shape, parts }: { readonly shape: BoundShape; readonly parts: readonly Tensor[] | undefined },
  ): Promise<Shared> {
    const { engine } = await this.#connect(program);
    return engine.adopt(name, shape, parts);
  }

  /** Makes rows of a shared value a value of their own; only `owner` passes them, counted from the first row of x. */
  async select(
    program: Program,
    x: Shared,
    { owner, rows }: { readonly owner: Role; readonly rows?: readonly number[] },
  ): Promise<Shared> {
    const use = this.#count(`select/${x.source.name}`);
    const { session, engine } = await this.#connect(program);
    const op = session.op(`triad/layers/select/${x.source.name}`, use);
    const { start } = x;
    const bounds = { owner: this.rankOf(owner), start, end: start + x.shape[0]! };
    return engine.select(op, x, { ...bounds, ...(rows && { rows: rows.map((row) => start + row) }) });
  }

  /** Runs a program: see Executor. Runs start in the order of the calls, and overlap. */
  run(
    program: Program,
    feed: Feed,
    fetchList: FetchList,
    { batch, index }: RunOptions,
  ): Promise<readonly (NdArray | undefined)[]> {
    const runs = this.#runsOf(program);
    const bound = runs.bind(feed);
    const prepared = runs.prepared(bound, fetchList, batch);
    return new Promise((resolve, reject) => {
      this.#queue.add({
        prepare: () => (prepared.step === undefined ? this.#prepare(prepared) : undefined),
        start: async () => {
          if (index !== undefined) runs.count = index;
          const [step, count] = [this.#steps++, runs.count++];
          const outputs = await prepared.step!.start(this.#joined!.session.step(step), bound, count);
          this.#over(step);
          resolve(prepared.fetched(outputs));
        },
        refuse: reject,
      });
    });
  }

  /** Reveals a parameter as the runs so far leave it, or a shared value. */
  reveal(program: Program, x: Exposed, to: Recipient): Promise<NdArray | undefined> {
    if (to !== 'all') this.rankOf(to);
    const what = x instanceof Shared ? `shared ${x.source.name} from row ${x.start}` : `parameter ${x.name}`;
    const said = `${what} ${formatShape(x.shape)} to ${to}`;
    return this.#agreed(program, ['reveal', () => said], ({ session, engine }, use) =>
      engine.reveal(session.op('triad/layers/reveal', use), x, to),
    );
  }

  /** This party's share of a program's parameters as the runs called so far leave them; undefined at outside parties. */
  save(program: Program): Promise<Uint8Array | undefined> {
    const runs = this.#runsOf(program);
    return this.#agreed(
      program,
      ['save', () => `${program.hash()} after ${runs.count} runs`],
      ({ session, engine }, use) =>
        engine.save((index) => session.op('triad/layers/save', use, index), { program, steps: runs.count }),
    );
  }

  /** Makes a saved model current, for the runs called afterwards. A file that cannot be loaded ends the job. */
  load(program: Program, file: Uint8Array | undefined, allowMissing: boolean): Promise<void> {
    const runs = this.#runsOf(program);
    let model: LoadedModel | undefined;
    const read = ({ engine }: Joined) => {
      model = engine.load(program, file, allowMissing);
      return model?.description ?? '';
    };
    return this.#agreed(program, ['load', read], async () => {
      const parameters = model?.parameters ?? program.parameters.map(({ attributes }) => attributes);
      for (const { name, shape } of parameters) this.#admit(name, shape);
      model?.use();
      runs.count = model?.steps ?? 0;
    });
  }

  forget(shared: Shared): void {
    this.#joined?.engine.forget(shared);
  }

  /** Waits for what is under way, frees everything, and leaves. */
  async close(): Promise<void> {
    await this.#queue.idle();
    this.#closed = true;
    await this.#leave();
  }

  async #leave(): Promise<void> {
    this.#joined?.engine.dispose();
    await this.#joined?.session.close();
  }

  /** Does something in the order of the calls, once the computing parties have agreed on what. */
  #agreed<T>(
    program: Program,
    [kind, what]: readonly [string, (joined: Joined) => string],
    act: (joined: Joined, use: number) => Promise<T>,
  ): Promise<T> {
    let use: number | undefined;
    const agree = async () => {
      const joined = await this.#connect(program);
      use = this.#count(kind);
      await this.#agree(joined.session, [kind, use], what(joined));
    };
    return new Promise((resolve, reject) => {
      this.#queue.add({
        prepare: () => (use === undefined ? agree() : undefined),
        start: async () => resolve(await act(this.#joined!, use!)),
        refuse: reject,
      });
    });
  }

  #runsOf(program: Program): ProgramRuns {
    let runs = this.#programs.get(program);
    if (runs === undefined || runs.outdated) {
      runs = new ProgramRuns(program, this.role);
      this.#programs.set(program, runs);
    }
    return runs;
  }

  #connect(program: Program): Promise<Joined> {
    this.#joining ??= this.join(program, (reason) => this.#queue.fail(reason)).then((joined) => {
      this.#joined = joined;
      if (this.#closed) this.#leave().catch(() => {});
      return joined;
    });
    return this.#joining;
  }

  /** Before the first run of its kind: join, compile, and have the computing parties agree on what will run. */
  async #prepare(run: PreparedRun): Promise<void> {
    const { session, engine } = await this.#connect(run.program);
    this.#admitParameters(run);
    const step = engine.compile(run, this.checkRanges);
    await this.#agree(session, ['run', this.#count('run')], run.description);
    run.step = step;
  }

  #admitParameters({ lowered }: PreparedRun): void {
    for (const i of lowered.instructions) if (i.op === 'parameter') this.#admit(i.name, i.shape);
  }

  #admit(name: string, shape: BoundShape): void {
    const known = this.parameters.get(name);
    if (known !== undefined && !sameShape(known.shape, shape)) {
      throw misuse(
        `parameter '${name}' has shape ${formatShape(known.shape)} in another program, ${formatShape(shape)} here`,
        'give one of them another name',
      );
    }
    this.parameters.set(name, { name, shape });
  }

  async #agree(session: Session, [kind, use]: readonly [string, number], what: string): Promise<void> {
    if (session.rank >= session.parties) return;
    await session.agree(session.op(`triad/layers/agree/${kind}`, use), `what to ${kind}`, what);
  }

  #count(name: string): number {
    const use = this.#uses.get(name) ?? 0;
    this.#uses.set(name, use + 1);
    return use;
  }

  /** Steps end in any order, but are closed in theirs. */
  #over(step: number): void {
    this.#overEarly.add(step);
    if (step !== this.#closedSteps) return;
    while (this.#overEarly.delete(this.#closedSteps)) this.#closedSteps++;
    this.#joined!.session.step(this.#closedSteps - 1).close();
  }

  #end(reason: unknown): void {
    const joined = this.#joined;
    joined?.engine.abandon(reason);
    joined?.session.close(reason instanceof Error ? reason : new Error(String(reason))).catch(() => {});
  }
}

/** The environment of one party, before it has joined. */
export const openEnvironment = <S>(
  scheme: Scheme<S>,
  role: Role,
  network: Network,
  { deposit }: EnvironmentOptions = {},
): Environment => {
  const { outside = [] } = network;
  const rankOf = (who: Role): Rank => {
    if (typeof who === 'number' && Number.isInteger(who) && who >= 0 && who < scheme.parties) return who;
    const index = outside.indexOf(String(who));
    if (typeof who === 'string' && index >= 0) return scheme.parties + index;
    const names = outside.length === 0 ? 'no outside party' : outside.join(', ');
    throw misuse(`the job has no role ${who}`, `its roles are 0 to ${scheme.parties - 1} and ${names}`);
  };
  const rank = rankOf(role);
  const join = async (program: Program, onError: (reason: unknown) => void): Promise<Joined> => {
    if (isRehearsal(network)) {
      return {
        session: await lonelySession(),
        engine: new RehearsalEngine(scheme, rankOf, rank, network.rehearse),
      };
    }
    const channel = await network.join(role, agreement(scheme, program, outside));
    const session = await openSession(channel, { parties: scheme.parties });
    if (rank < scheme.parties) {
      return { session, engine: new ComputingEngine(scheme, session, rankOf, { onError, deposit }) };
    }
    const client = scheme.client?.(session);
    if (client !== undefined) return { session, engine: new OutsideEngine(client, session, rankOf) };
    const error = misuse(`'${scheme.name}' has computing parties only`, 'let one of them own the data');
    await session.close(error);
    throw error;
  };
  return new Environment(role, join, rankOf, isRehearsal(network));
};

/** What the handshake compares. */
const agreement = <S>(scheme: Scheme<S>, program: Program, outside: readonly string[]): Agreement => ({
  program: program.hash(),
  protocol: scheme.name,
  ...Object.fromEntries(
    Object.entries(scheme.parameters).map(([name, value]) => [`${scheme.name}.${name}`, value]),
  ),
  ringBits: 64,
  fractionBits,
  outside: outside.join(','),
});
