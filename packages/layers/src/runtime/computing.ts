import type { Op, Protocol, Rank, Session } from '@triad/protocol';
import { decode } from '@triad/ring';
import { fractionBits } from '../lower/instruction.js';
import { encodeArray } from '../lower/maps.js';
import { misuse } from '../misuse.js';
import { NdArray } from '../nd-array.js';
import type { Initializer, Role } from '../node/node.js';
import type { BoundShape } from '../shape.js';
import { Shared, type Source } from '../shared.js';
import { initialValue, noRandom } from '../weight.js';
import { compile, rowsOf } from './compile.js';
import type { Engine, Exposed, Outputs, SharedInput, StepPlan } from './engine.js';
import type { PreparedRun } from './program-run.js';
import { rangeChecks } from './range-check.js';
import { type Compiled, type Occasion, StepRun } from './step-run.js';
import { Version } from './version.js';

interface Start {
  readonly initializer: Initializer;
  readonly shape: BoundShape;
}

/** A computing party: it holds its share of every parameter and of every shared value. */
export class ComputingEngine<S> implements Engine {
  readonly #shares = new Map<Source, S>();
  readonly #current = new Map<string, Version<S>>();
  readonly #starts = new Map<string, Start>();
  readonly #active = new Set<StepRun<S>>();
  #failure: { readonly reason: unknown } | undefined;

  constructor(
    private readonly protocol: Protocol<S>,
    private readonly session: Session,
    private readonly rankOf: (role: Role) => Rank,
    private readonly onError: (reason: unknown) => void,
  ) {}

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
    const compiled = compile(lowered, { protocol, rankOf, shareOf, checks });
    return { start: (step, feed, count) => this.#start(compiled, { step, feed, count }) };
  }

  async share(op: Op, name: string, { owner, shape, values }: SharedInput): Promise<Shared> {
    const tensor = values === undefined ? undefined : encodeArray(values);
    const share = await this.protocol.share(op, owner, tensor ?? shape).finally(() => tensor?.dispose());
    const source = { name };
    this.#shares.set(source, share);
    return new Shared(shape, source);
  }

  async reveal(op: Op, x: Exposed, to: Rank | 'all'): Promise<NdArray | undefined> {
    const tensor =
      x instanceof Shared ? await this.#revealRows(op, x, to) : await this.#revealParameter(op, x.name, to);
    if (tensor === undefined) return undefined;
    const values = new NdArray(tensor.shape, decode(tensor, fractionBits));
    tensor.dispose();
    return values;
  }

  forget({ source }: Shared): void {
    const share = this.#shares.get(source);
    if (share !== undefined) this.protocol.dispose(share);
    this.#shares.delete(source);
  }

  abandon(reason: unknown): void {
    this.#failure ??= { reason };
    for (const run of this.#active) run.abandon(reason);
  }

  dispose(): void {
    for (const version of this.#current.values()) version.release();
    for (const share of this.#shares.values()) this.protocol.dispose(share);
    this.#current.clear();
    this.#shares.clear();
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
    initialValue(this.protocol, op, start).then((value) => version.fulfil(value), this.onError);
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

  #revealRows(op: Op, x: Shared, to: Rank | 'all') {
    const share = this.#shareOf(x);
    if (x.shape.length === 0) return this.protocol.reveal(op, share, to);
    const part = this.protocol.linear(rowsOf(x.start, x.start + x.shape[0]!), share);
    return this.protocol.reveal(op, part, to).finally(() => this.protocol.dispose(part));
  }

  #revealParameter(op: Op, name: string, to: Rank | 'all') {
    const version = this.#parameter(name);
    version.retain();
    const value =
      version.value === undefined ? new Promise<S>((resolve) => version.wait(resolve)) : version.value;
    return Promise.resolve(value)
      .then((share) => this.protocol.reveal(op, share, to))
      .finally(() => version.release());
  }
}
