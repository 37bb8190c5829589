/**
 * A parameter's value between two assignments. It may be read before it is known; it is freed once it is known and
 * nobody refers to it: the scope, while it is current, and every step that reads or computes it.
 */
export class Version<S> {
  readonly #free: (value: S) => void;
  #references = 1;
  #value: S | undefined;
  #waiting: ((value: S) => void)[] = [];

  constructor(free: (value: S) => void) {
    this.#free = free;
  }

  get value(): S | undefined {
    return this.#value;
  }

  /** Calls back when the value comes; only for versions that have none yet. */
  wait(use: (value: S) => void): void {
    this.#waiting.push(use);
  }

  fulfil(value: S): void {
    if (this.#references === 0) {
      this.#free(value);
      return;
    }
    this.#value = value;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const use of waiting) use(value);
  }

  retain(): void {
    this.#references++;
  }

  release(): void {
    if (--this.#references > 0 || this.#value === undefined) return;
    this.#free(this.#value);
    this.#value = undefined;
  }
}
