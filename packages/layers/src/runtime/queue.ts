/** A unit of work that is started in order. */
export interface Task {
  /** What has to happen before it can start; undefined when nothing has. */
  prepare(): Promise<void> | undefined;
  /** Starts it; the promise ends when it is over. */
  start(): Promise<void>;
  /** It failed, or will not be started. */
  refuse(reason: unknown): void;
}

/**
 * Starts tasks in the order they came, each as soon as it is prepared, at most `limit` under way. After a failure
 * every waiting and later task is refused with the same reason.
 */
export class Queue {
  /** In order of insertion. */
  readonly #waiting = new Set<Task>();
  readonly #idle: (() => void)[] = [];
  #running = 0;
  #busy = false;
  #failure: { readonly reason: unknown } | undefined;

  constructor(
    private readonly limit: number,
    /** Awaited before the next start. */
    private readonly settle: () => Promise<void>,
    private readonly onFailure: (reason: unknown) => void,
  ) {}

  add(task: Task): void {
    if (this.#failure !== undefined) task.refuse(this.#failure.reason);
    else {
      this.#waiting.add(task);
      this.#pump();
    }
  }

  fail(reason: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { reason };
    this.onFailure(reason);
    for (const task of this.#waiting) task.refuse(reason);
    this.#waiting.clear();
    this.#checkIdle();
  }

  /** Resolves when nothing waits or runs. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#checkIdle();
    });
  }

  #pump(): void {
    while (!this.#busy && this.#running < this.limit && this.#failure === undefined) {
      const [task] = this.#waiting;
      if (task === undefined) break;
      const preparing = task.prepare();
      if (preparing === undefined) this.#start(task);
      else this.#hold(preparing);
    }
    this.#checkIdle();
  }

  #start(task: Task): void {
    this.#waiting.delete(task);
    this.#running++;
    task.start().then(
      () => this.#over(),
      (reason: unknown) => {
        task.refuse(reason);
        this.fail(reason);
        this.#over();
      },
    );
    this.#hold(this.settle());
  }

  #hold(until: Promise<void>): void {
    this.#busy = true;
    until.then(
      () => {
        this.#busy = false;
        this.#pump();
      },
      (reason: unknown) => {
        this.#busy = false;
        this.fail(reason);
      },
    );
  }

  #over(): void {
    this.#running--;
    this.#pump();
  }

  #checkIdle(): void {
    const idle = this.#waiting.size === 0 && this.#running === 0;
    if (idle) for (const resolve of this.#idle.splice(0)) resolve();
  }
}
