import type { Op, Protocol, Step } from '@triad/protocol';
import type { NdArray } from '../nd-array.js';
import type { BoundFeed, Outputs } from './engine.js';
import type { Version } from './version.js';

/** Starts an instruction whose inputs are there. */
export type Action<S> = (run: StepRun<S>) => void;

/** A lowered program as arrays, so that a step does no graph work. Positions are those of the instructions. */
export interface Compiled<S> {
  readonly protocol: Protocol<S>;
  readonly actions: readonly Action<S>[];
  readonly inputs: readonly (readonly number[])[];
  readonly dependents: readonly (readonly number[])[];
  /** How many inputs are missing, and how often each result is used, when a step starts. */
  readonly missing: Uint32Array;
  readonly uses: Uint32Array;
  /** Instructions without inputs, parameters aside. */
  readonly roots: readonly number[];
  readonly parameters: readonly { readonly register: number; readonly name: string }[];
  readonly assigned: readonly { readonly register: number; readonly name: string }[];
}

/** One run among many. */
export interface Occasion {
  readonly step: Step;
  readonly feed: BoundFeed;
  /** Earlier runs of the program. */
  readonly count: number;
}

/** What a step reports to. */
export interface Observer {
  resolve(outputs: Outputs): void;
  reject(error: unknown): void;
}

/**
 * One run of a compiled program as dataflow: an instruction starts when its inputs are there, whatever else is under
 * way, so that independent messages travel together. A value is freed after its last use. When an instruction fails
 * the rest is not started; what is under way is waited for, and all values are freed.
 */
export class StepRun<S> {
  readonly values: (S | undefined)[];
  readonly #compiled: Compiled<S>;
  readonly #versions: (Version<S> | undefined)[];
  readonly #missing: Uint32Array;
  readonly #uses: Uint32Array;
  readonly #outputs: (NdArray | undefined)[] = [];
  readonly #queue: number[];
  #next = 0;
  #draining = false;
  #remaining: number;
  #waiting = 0;
  #error: { readonly reason: unknown } | undefined;

  constructor(
    compiled: Compiled<S>,
    readonly occasion: Occasion,
    private readonly observer: Observer,
  ) {
    this.#compiled = compiled;
    this.#missing = compiled.missing.slice();
    this.#uses = compiled.uses.slice();
    this.values = new Array<S | undefined>(this.#uses.length);
    this.#versions = new Array<Version<S> | undefined>(this.#uses.length);
    this.#queue = [...compiled.roots];
    this.#remaining = this.#uses.length;
  }

  /** The op of an instruction. */
  op(index: number): Op {
    return this.occasion.step.op(index);
  }

  /** A register whose value may outlive the step; the run takes over one reference. */
  bind(register: number, version: Version<S>): void {
    this.#versions[register] = version;
  }

  versionOf(register: number): Version<S> | undefined {
    return this.#versions[register];
  }

  /** Starts what can start: parameters are read now, or when the step before has computed them. */
  begin(): void {
    for (const { register } of this.#compiled.parameters) {
      const version = this.#versions[register]!;
      if (version.value !== undefined) this.#arrive(register, version.value);
      else {
        version.wait((value) => {
          this.#arrive(register, value);
          this.drain();
        });
      }
    }
    this.drain();
  }

  /** An instruction's result. */
  set(register: number, value: S): void {
    const version = this.#versions[register];
    this.values[register] = value;
    version?.fulfil(value);
    if (this.#uses[register] === 0) this.#free(register);
    this.done(register);
    this.#wake(register);
  }

  /** An instruction's result, when it comes. */
  wait(register: number, result: Promise<S>): void {
    this.#waiting++;
    result.then(
      (value) => {
        this.#waiting--;
        this.set(register, value);
        this.drain();
      },
      (error: unknown) => this.#failed(error),
    );
  }

  /** A revealed value, when it comes; undefined when it is not for this party. */
  output(index: number, result: Promise<NdArray | undefined>): void {
    this.#waiting++;
    result.then(
      (value) => {
        this.#waiting--;
        this.#outputs[index] = value;
        this.done(index);
        this.drain();
      },
      (error: unknown) => this.#failed(error),
    );
  }

  /** An instruction is over: its inputs have one use less. */
  done(index: number): void {
    for (const r of this.#compiled.inputs[index]!) if (--this.#uses[r]! === 0) this.#free(r);
    this.#remaining--;
  }

  /** Runs what can run. */
  drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    try {
      while (this.#error === undefined && this.#next < this.#queue.length) {
        const index = this.#queue[this.#next++]!;
        this.#compiled.actions[index]!(this);
      }
    } catch (reason) {
      this.#error ??= { reason };
    }
    this.#draining = false;
    if (this.#error !== undefined) this.abandon(this.#error.reason);
    else if (this.#remaining === 0) this.observer.resolve(this.#outputs);
  }

  /** Ends the run, because of an error of its own or of another run. */
  abandon(reason: unknown): void {
    this.#error ??= { reason };
    if (this.#waiting > 0) return;
    for (const [r, uses] of this.#uses.entries()) {
      if (uses > 0 && (this.values[r] !== undefined || this.#versions[r] !== undefined)) this.#free(r);
      this.#uses[r] = 0;
    }
    this.observer.reject(this.#error.reason);
  }

  #arrive(register: number, value: S): void {
    if (this.#error !== undefined) return;
    this.values[register] = value;
    if (this.#uses[register] === 0) this.#free(register);
    this.done(register);
    this.#wake(register);
  }

  #failed(reason: unknown): void {
    this.#waiting--;
    this.abandon(reason);
  }

  #wake(register: number): void {
    for (const i of this.#compiled.dependents[register]!) if (--this.#missing[i]! === 0) this.#queue.push(i);
  }

  #free(register: number): void {
    const version = this.#versions[register];
    if (version !== undefined) version.release();
    else this.#compiled.protocol.dispose(this.values[register]!);
    this.values[register] = undefined;
  }
}
