import type { Op, Protocol, Rank, Scheme, Session } from '@triad/protocol';
import { decode, linear, type Tensor } from '@triad/ring';
import { fractionBits } from '../lower/instruction.js';
import { encodeArray } from '../lower/maps.js';
import { misuse } from '../misuse.js';
import { partsOf } from '../model/model-share.js';
import { NdArray } from '../nd-array.js';
import type { Initializer, Recipient, Role } from '../node/node.js';
import { nameOf, type Program } from '../program.js';
import { type BoundShape, formatShape, sameShape } from '../shape.js';
import { Shared, type Source } from '../shared.js';
import { initialValue, noRandom } from '../weight.js';
import { drawModelId, readShares, type Self, saveShares } from './checkpoint.js';
import { compile, rowsOf } from './compile.js';
import { type Deposit, deposits, type Exit, refreshed, reveals } from './deposit.js';
import type {
  Checkpoint,
  Engine,
  Exposed,
  LoadedModel,
  OpAt,
  Outputs,
  SharedInput,
  StepPlan,
} from './engine.js';
import type { PreparedRun } from './program-run.js';
import { rangeChecks } from './range-check.js';
import { learnRows, type RowSelection } from './selection.js';
import { type Compiled, type Occasion, StepRun } from './step-run.js';
import { Version } from './version.js';

interface Start {
  readonly initializer: Initializer;
  readonly shape: BoundShape;
}

/** Whom a computing party tells what. */
export interface Surroundings {
  readonly onError: (reason: unknown) => void;
  /** Takes what is for outside parties, when they are not there. */
  readonly deposit?: ((deposit: Deposit) => void) | undefined;
}

/** A computing party: it holds its share of every parameter and of every shared value. */
export class ComputingEngine<S> implements Engine {
  private readonly protocol: Protocol<S>;
  readonly #shares = new Map<Source, S>();
  readonly #current = new Map<string, Version<S>>();
  readonly #starts = new Map<string, Start>();
  readonly #active = new Set<StepRun<S>>();
  /** Whom to tell that a version does not come. */
  readonly #waiting = new Set<(reason: unknown) => void>();
  #disposed = false;
  #failure: { readonly reason: unknown } | undefined;
  readonly #onError: (reason: unknown) => void;
  readonly #self: Self<S>;
  readonly #exit: Exit<S>;

  constructor(
    scheme: Scheme<S>,
    private readonly session: Session,
    private readonly rankOf: (role: Role) => Rank,
    { onError, deposit }: Surroundings,
  ) {
    this.protocol = scheme.party(session);
    this.#onError = onError;
    this.#self = { scheme, protocol: this.protocol, session };
    this.#exit =
      deposit === undefined ? reveals(this.protocol, rankOf) : deposits(scheme, this.protocol, deposit);
  }

  compile({ lowered, program }: PreparedRun, checkRanges: boolean): StepPlan {
    for (const i of lowered.instructions) {
      if (i.op !== 'parameter' || this.#starts.has(i.name)) continue;
      if (i.initializer.kind !== 'constant' && this.protocol.random === undefined)
        throw noRandom(this.protocol.name);
      this.#starts.set(i.name, i);
    }
    const { protocol, rankOf } = this;
    if (checkRanges && protocol.claim.adversary !== 'none') {
      throw misuse(
        `'${protocol.name}' hides the values whose range is to be checked`,
        'run the program on plain()',
      );
    }
    const shareOf = (shared: Shared) => this.#shareOf(shared);
    const checks = checkRanges ? rangeChecks(program, lowered.instructions) : [];
    const named = (node: number) => nameOf(program.nodes[node]!);
    const compiled = compile(lowered, { protocol, rankOf, shareOf, checks, named, exit: this.#exit });
    return { start: (step, feed, count) => this.#start(compiled, { step, feed, count }) };
  }

  async share(op: Op, name: string, { owner, shape, values }: SharedInput): Promise<Shared> {
    const tensor = values === undefined ? undefined : encodeArray(values);
    const share = await this.protocol.share(op, owner, tensor ?? shape).finally(() => tensor?.dispose());
    return new Shared(shape, this.#keep(name, share));
  }

  adopt(name: string, shape: BoundShape, parts: readonly Tensor[] = []): Shared {
    const { scheme } = this.#self;
    const { count, share } = partsOf(scheme);
    if (parts.length !== count || !parts.every((part) => sameShape(part.shape, shape))) {
      throw misuse(
        `'${name}' does not consist of ${count} parts ${formatShape(shape)}`,
        `pass this party's parts of '${scheme.name}'`,
      );
    }
    return new Shared(shape, this.#keep(name, share(parts)));
  }

  async select(op: Op, x: Shared, selection: RowSelection): Promise<Shared> {
    const rows = await learnRows(this.session, op, selection);
    const chosen = this.protocol.linear(linear.take(rows), this.#shareOf(x));
    return new Shared([rows.length, ...x.shape.slice(1)], this.#keep(x.source.name, chosen));
  }

  async reveal(op: Op, x: Exposed, to: Recipient): Promise<NdArray | undefined> {
    const tensor =
      x instanceof Shared ? await this.#revealRows(op, x, to) : await this.#revealParameter(op, x.name, to);
    if (tensor === undefined) return undefined;
    const values = new NdArray(tensor.shape, decode(tensor, fractionBits));
    tensor.dispose();
    return values;
  }

  async save(at: OpAt, checkpoint: Checkpoint): Promise<Uint8Array> {
    this.#noteStarts(checkpoint.program);
    const names = checkpoint.program.parameters.map(({ attributes }) => attributes.name);
    const model = drawModelId(this.session, at(0));
    const versions = names.map((name) => this.#parameter(name));
    for (const version of versions) version.retain();
    const shares = await Promise.all(versions.map((version) => this.#arrived(version)))
      .then((values) => values.map((value, i) => refreshed(this.protocol, at(i + 1), value)))
      .finally(() => {
        for (const version of versions) version.release();
      });
    try {
      return saveShares(this.#self, model, new Map(shares.map((s, i) => [names[i]!, s])), checkpoint);
    } finally {
      for (const share of shares) this.protocol.dispose(share);
    }
  }

  load(program: Program, file: Uint8Array | undefined, allowMissing: boolean): LoadedModel {
    if (file === undefined)
      throw misuse('a computing party has no file to load', 'pass what save() gave this party');
    const { shares, ...model } = readShares(this.#self, program, file, allowMissing);
    return { ...model, use: () => this.#use(shares()) };
  }

  forget({ source }: Shared): void {
    const share = this.#shares.get(source);
    if (share !== undefined) this.protocol.dispose(share);
    this.#shares.delete(source);
  }

  abandon(reason: unknown): void {
    this.#failure ??= { reason };
    for (const run of this.#active) run.abandon(reason);
    for (const reject of this.#waiting) reject(reason);
    this.#waiting.clear();
  }

  dispose(): void {
    this.#disposed = true;
    for (const version of this.#current.values()) version.release();
    for (const share of this.#shares.values()) this.protocol.dispose(share);
    this.#current.clear();
    this.#shares.clear();
  }

  /** Holds a shared value; one that comes when all has been freed is freed, too. */
  #keep(name: string, share: S): Source {
    const source = { name };
    if (this.#disposed) this.protocol.dispose(share);
    else this.#shares.set(source, share);
    return source;
  }

  #start(compiled: Compiled<S>, occasion: Occasion): Promise<Outputs> {
    return new Promise((resolve, reject) => {
      const run: StepRun<S> = new StepRun(compiled, occasion, {
        resolve: (outputs) => {
          this.#active.delete(run);
          resolve(outputs);
        },
        reject: (reason) => {
          this.#active.delete(run);
          reject(reason);
        },
      });
      this.#active.add(run);
      this.#bind(run, compiled);
      if (this.#failure === undefined) run.begin();
      else run.abandon(this.#failure.reason);
    });
  }

  #use(shares: ReadonlyMap<string, S>): void {
    for (const [name, share] of shares) {
      const version = this.#version();
      version.fulfil(share);
      this.#current.get(name)?.release();
      this.#current.set(name, version);
    }
  }

  /** How parameters start that no run has had yet. */
  #noteStarts(program: Program): void {
    for (const { attributes } of program.parameters) {
      if (!this.#starts.has(attributes.name)) this.#starts.set(attributes.name, attributes);
    }
  }

  /** Parameters are read as they are now, and become what this step will compute: later steps wait for that. */
  #bind(run: StepRun<S>, { parameters, assigned }: Compiled<S>): void {
    for (const { register, name } of parameters) {
      const version = this.#parameter(name);
      version.retain();
      run.bind(register, version);
    }
    for (const { register, name } of assigned) {
      const version = run.versionOf(register) ?? this.#version();
      run.bind(register, version);
      version.retain();
      this.#current.get(name)?.release();
      this.#current.set(name, version);
    }
  }

  /** The parameter's current version; the first use draws its initial value. */
  #parameter(name: string): Version<S> {
    const known = this.#current.get(name);
    if (known !== undefined) return known;
    const start = this.#starts.get(name);
    if (start === undefined) throw misuse(`there is no parameter '${name}' yet`, 'run a program that has it');
    const version = this.#version();
    this.#current.set(name, version);
    const op = this.session.op(`triad/layers/parameter/${name}`);
    initialValue(this.protocol, op, start).then((value) => version.fulfil(value), this.#onError);
    return version;
  }

  #version(): Version<S> {
    return new Version<S>((value) => this.protocol.dispose(value));
  }

  #shareOf({ source }: Shared): S {
    const share = this.#shares.get(source);
    if (share !== undefined) return share;
    throw misuse(
      `'${source.name}' is not shared here`,
      'feed what share() of the same executor gave, before forget()',
    );
  }

  #revealRows(op: Op, x: Shared, to: Recipient) {
    const share = this.#shareOf(x);
    const { name } = x.source;
    if (x.shape.length === 0) return this.#exit(op, { share, name, to });
    const part = this.protocol.linear(rowsOf(x.start, x.start + x.shape[0]!), share);
    return this.#exit(op, { share: part, name, to }).finally(() => this.protocol.dispose(part));
  }

  #revealParameter(op: Op, name: string, to: Recipient) {
    const version = this.#parameter(name);
    version.retain();
    return this.#arrived(version)
      .then((share) => this.#exit(op, { share, name, to }))
      .finally(() => version.release());
  }

  /** The version's value, or the reason why it will not come. */
  #arrived(version: Version<S>): Promise<S> {
    if (version.value !== undefined) return Promise.resolve(version.value);
    if (this.#failure !== undefined) return Promise.reject(this.#failure.reason);
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      version.wait((value) => {
        this.#waiting.delete(reject);
        resolve(value);
      });
    });
  }
}
