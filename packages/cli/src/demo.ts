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

/** What every demonstration has. */
interface Shown {
  readonly title: string;
  readonly defaults: DemoOptions;
}

/** A record that a command emitted with `--json`. */
export type Emitted = Readonly<Record<string, unknown>>;

/** Commands of a demonstration, each a process of its own, shown as they would be typed. All of them are in one folder. */
export interface Stage {
  readonly folder: string;
  /** Runs `triad WORDS...` to its end. Throws what it failed with. */
  run(...words: readonly string[]): Promise<readonly Emitted[]>;
  /** Starts `triad WORDS...`, which goes on until the demonstration ends; resolves to the first thing it emits. */
  start(...words: readonly string[]): Promise<Emitted>;
}

/** A demonstration in steps, as those who take part would take them. */
export interface StagedDemo extends Shown {
  play(stage: Stage, options: DemoOptions): Promise<DemoReport>;
}

/**
 * A job that `triad demo` plays with all its parties on this machine. A package that has one exports it as `demo`; the
 * program emits `{ epoch, epochs, loss }` while it trains and `{ outcome }` at its end, both at the result party.
 */
export interface Demo extends Shown {
  /** The file every party runs. */
  readonly program: string;
  /** Input and result parties, beside three computing parties. */
  readonly outside: readonly string[];
  readonly resultParty: string;
  /** The program's arguments. */
  args(options: DemoOptions): readonly string[];
  report(outcome: unknown, options: DemoOptions): DemoReport;
}
