/** Adds up the seconds that some of the work takes. */
export class Stopwatch {
  #milliseconds = 0;

  get seconds(): number {
    return this.#milliseconds / 1000;
  }

  async time<T>(work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await work();
    this.#milliseconds += performance.now() - start;
    return result;
  }
}
