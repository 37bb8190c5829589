/** What `triad demo` lets the user choose. */
export interface DemoOptions {
  readonly epochs: number;
  readonly batch: number;
}

/** What a demonstration showed. */
export interface DemoReport {
  /** Whether it is as good as it promises to be. */
  readonly ok: boolean;
  /** For people. */
  readonly text: string;
  /** For programs: one JSON object. */
  readonly record: Readonly<Record<string, unknown>>;
  /** A drawing of it. */
  readonly svg: string;
}

/**
 * A job that `triad demo` plays with all its parties on this machine. A package that has one exports it as `demo`; the
 * program emits `{ epoch, epochs, loss }` while it trains and `{ outcome }` at its end, both at the result party.
 */
export interface Demo {
  readonly title: string;
  /** The file every party runs. */
  readonly program: string;
  /** Input and result parties, beside three computing parties. */
  readonly outside: readonly string[];
  readonly resultParty: string;
  readonly defaults: DemoOptions;
  /** The program's arguments. */
  args(options: DemoOptions): readonly string[];
  report(outcome: unknown, options: DemoOptions): DemoReport;
}
