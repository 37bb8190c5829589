import { describe, expect, it } from 'vitest';
import { Queue, type Task } from './queue.js';

/** A task that ends when told to. */
class Step implements Task {
  end = () => {};
  fail = (_reason: unknown) => {};
  refused: unknown;
  ready = true;

  constructor(
    readonly name: string,
    private readonly log: string[],
  ) {}

  prepare(): Promise<void> | undefined {
    if (this.ready) return undefined;
    this.log.push(`prepare ${this.name}`);
    this.ready = true;
    return Promise.resolve();
  }

  start(): Promise<void> {
    this.log.push(this.name);
    return new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
  }

  refuse(reason: unknown): void {
    this.refused = reason;
  }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the queue of steps', () => {
  const make = (limit: number) => {
    const log: string[] = [];
    const failures: unknown[] = [];
    const queue = new Queue(
      limit,
      () => Promise.resolve(),
      (reason) => void failures.push(reason),
    );
    const add = (name: string, ready = true) => {
      const step = new Step(name, log);
      step.ready = ready;
      queue.add(step);
      return step;
    };
    return { queue, log, failures, add };
  };

  it('starts steps in order, a bounded number at a time', async () => {
    const { queue, log, add } = make(2);
    const steps = ['a', 'b', 'c', 'd'].map((name) => add(name));
    await settle();
    expect(log).toEqual(['a', 'b']);
    steps[1]!.end();
    await settle();
    expect(log).toEqual(['a', 'b', 'c']);
    for (const step of steps.slice(0, 3)) step.end();
    await settle();
    let idle = false;
    const waiting = queue.idle().then(() => {
      idle = true;
    });
    await settle();
    expect([log.at(-1), idle]).toEqual(['d', false]);
    steps[3]!.end();
    await waiting;
    expect(idle).toBe(true);
  });

  it('lets nobody overtake a step that is being prepared', async () => {
    const { log, add } = make(4);
    add('a', false);
    add('b');
    await settle();
    expect(log).toEqual(['prepare a', 'a', 'b']);
  });

  it('refuses everything after a failure, with its reason', async () => {
    const { queue, failures, add } = make(1);
    const [a, b] = [add('a'), add('b')];
    await settle();
    const reason = new Error('lost');
    a.fail(reason);
    await settle();
    const c = add('c');
    expect([a.refused, b.refused, c.refused, failures]).toEqual([reason, reason, reason, [reason]]);
    await queue.idle();
  });
});
