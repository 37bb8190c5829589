import type { Network, Scheme } from '@triad/protocol';
import type { Tensor } from '@triad/ring';
import type { FetchList } from './fetch.js';
import { misuse } from './misuse.js';
import { NdArray, type Nested } from './nd-array.js';
import type { Recipient, Role } from './node/node.js';
import { defaultMainProgram, type Program } from './program.js';
import {
  type Environment,
  type EnvironmentOptions,
  openEnvironment,
  type Parameter,
} from './runtime/environment.js';
import type { Feed } from './runtime/program-run.js';
import { type BoundShape, checkShape, countElements, formatShape, sameShape } from './shape.js';
import type { Shared } from './shared.js';

let current: Environment | undefined;

/**
 * Says who this party is: a protocol, a role (a computing party's number or an outside party's name), and the network
 * that finds the others. Nothing is sent before the first `share` or `run`. Executors use the environment of the last
 * `init` unless they are given one.
 */
export const init = <S>(
  scheme: Scheme<S>,
  role: Role,
  network: Network,
  options: EnvironmentOptions = {},
): Environment => {
  current = openEnvironment(scheme, role, network, options);
  return current;
};

export interface ExecutorOptions {
  /** Default: what the last `init` returned. */
  readonly environment?: Environment;
  /** Default: the default main program, as it is when the executor is made. */
  readonly program?: Program;
  /**
   * Ends a run with OutOfRange where a value leaves what fixed point can hold, by layer and step. In the clear only, on plain():
   * to find out why encrypted numbers go wrong. Several times slower. Default: false.
   */
  readonly checkRanges?: boolean;
}

export interface RunOptions {
  readonly program?: Program;
  readonly feed?: Feed;
  /** What to return: reveals of the program, or values it reveals. */
  readonly fetchList?: FetchList;
  /** Rows of the batch, where no feed of this party says it. */
  readonly batch?: number;
  /** How many runs of the program count as earlier ones, for schedules and masks; default: those there were. */
  readonly index?: number;
}

export interface LoadOptions {
  /** Lets parameters that the file lacks, such as an optimizer's, start as their initializers say. Default: false. */
  readonly allowMissing?: boolean;
}

/** Numbers, or how to get them; only looked at by their owner. */
type Values = NdArray | Nested | (() => NdArray | Nested | Promise<NdArray | Nested>);

export interface ShareOptions {
  readonly owner: Role;
  readonly shape: BoundShape;
  /** At the owner: nested, or flat in row-major order. Elsewhere ignored, so that one file serves every role. */
  readonly values?: Values;
}

export interface AdoptOptions {
  readonly shape: BoundShape;
  readonly parts?: readonly Tensor[];
}

export interface SelectOptions {
  readonly owner: Role;
  /** At the owner: rows of the value, counted from 0, at most as many as it has. Elsewhere ignored. */
  readonly rows?: ArrayLike<number>;
}

/** Runs programs on one party. The same calls, in the same order, are made by every party of the job. */
export class Executor {
  readonly #environment: Environment;
  readonly #program: Program;

  constructor({ environment = current, program = defaultMainProgram(), checkRanges }: ExecutorOptions = {}) {
    if (environment === undefined)
      throw misuse('no party has been set up', 'call init(scheme, role, network) first');
    this.#environment = environment;
    if (checkRanges !== undefined) environment.checkRanges = checkRanges;
    this.#program = program;
  }

  /** Parameters of the programs run so far, by name: for `reveal`. */
  get parameters(): ReadonlyMap<string, Parameter> {
    return this.#environment.parameters;
  }

  /**
   * Shares values once, to be fed whole or by rows to any number of runs. Every party calls it; the owner's numbers
   * are encoded and shared, everybody gets a handle.
   */
  async share<N extends string>(inputs: Readonly<Record<N, ShareOptions>>): Promise<Record<N, Shared>> {
    const names = Object.keys(inputs) as N[];
    const shared = await Promise.all(names.map((name) => this.#share(name, inputs[name])));
    return Object.fromEntries(names.map((name, i) => [name, shared[i]!])) as Record<N, Shared>;
  }

  /**
   * A value that was shared elsewhere, from share files for example: every computing party calls it with its parts, as the
   * scheme's `parts` has them, outside parties without. The parts stay the caller's to dispose.
   */
  async adopt(name: string, { shape, parts }: AdoptOptions): Promise<Shared> {
    checkShape(shape, `'${name}'`);
    return this.#environment.adopt(this.#program, name, { shape, parts });
  }

  /**
   * Rows of a shared value, in an order that one party says: those, for example, that it found common in a private set intersection whose
   * sender shared all of its rows. Every party calls it; the owner passes the rows, computing parties are told which they are, other
   * parties how many. Each gets a handle. Throws `bad-argument` for no rows, or ones that there are not; `mismatch` if computing parties are told
   * different rows.
   */
  async select(x: Shared, { owner, rows }: SelectOptions): Promise<Shared> {
    if (x.shape.length === 0) throw misuse(`'${x.source.name}' is one number`, 'select rows of arrays');
    if (!this.#environment.owns(owner)) return this.#environment.select(this.#program, x, { owner });
    const own = Array.from(rows ?? []);
    const strange = own.find((row) => !(Number.isInteger(row) && row >= 0 && row < x.shape[0]!));
    if (own.length === 0 || own.length > x.shape[0]! || strange !== undefined) {
      const what = strange === undefined ? `${own.length} rows are selected` : `row ${strange} is selected`;
      throw misuse(
        `${what} of '${x.source.name}' ${formatShape(x.shape)}`,
        'pass at least one row, and only rows there are',
      );
    }
    return this.#environment.select(this.#program, x, { owner, rows: own });
  }

  /**
   * One step: computes the fetched values, then updates parameters. Resolves when the step is over here, to one value
   * per fetch entry, undefined where it is revealed to others. Calls need not be awaited one by one: steps start in
   * order and overlap, as far as one does not need the other's result.
   */
  async run({
    program = this.#program,
    feed = {},
    fetchList = [],
    batch,
    index,
  }: RunOptions = {}): Promise<readonly (NdArray | undefined)[]> {
    return this.#environment.run(program, feed, fetchList, { batch, index });
  }

  /** Reveals a parameter, as the runs called so far leave it, or a shared value. Default: to all computing parties. */
  async reveal(x: Parameter | Shared, to: Recipient = 'all'): Promise<NdArray | undefined> {
    return this.#environment.reveal(this.#program, x, to);
  }

  /**
   * This party's share of all parameters of the program, optimizer state included, as the runs called so far leave them: a
   * `.safetensors` file, for this party alone. Undefined at outside parties, which call it, too. What is saved is shared anew, so that files of
   * two moments do not go together.
   */
  async save(): Promise<Uint8Array | undefined> {
    return this.#environment.save(this.#program);
  }

  /**
   * Goes on from what `save` or `encryptModel` gave: every computing party its own file, of one model and moment; outside
   * parties nothing. A program that goes on from its own file also goes on counting its runs. Throws `bad-argument`
   * for what is no such file, `mismatch` for a model of another scheme, program or party, or when parties differ.
   */
  async load(file?: Uint8Array, { allowMissing = false }: LoadOptions = {}): Promise<void> {
    return this.#environment.load(this.#program, file, allowMissing);
  }

  /** Frees a shared value and all parts of it, once no run uses them. */
  forget(shared: Shared): void {
    this.#environment.forget(shared);
  }

  /** Waits for what is under way, frees everything, and leaves the job. */
  close(): Promise<void> {
    return this.#environment.close();
  }

  async #share(name: string, { owner, shape, values }: ShareOptions): Promise<Shared> {
    checkShape(shape, `'${name}'`);
    if (!this.#environment.owns(owner)) return this.#environment.share(this.#program, name, { owner, shape });
    if (values === undefined) throw misuse(`'${name}' has no values at its owner`, 'pass `values`');
    const given = NdArray.from(typeof values === 'function' ? await values() : values);
    const flat = given.shape.length === 1 && given.data.length === countElements(shape);
    const array = flat ? new NdArray(shape, given.data) : given;
    if (!sameShape(array.shape, shape)) {
      throw misuse(
        `'${name}' has shape ${formatShape(array.shape)}, not ${formatShape(shape)}`,
        'give its real shape',
      );
    }
    return this.#environment.share(this.#program, name, { owner, shape, values: array });
  }
}
