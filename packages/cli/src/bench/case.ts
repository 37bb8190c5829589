import { type Network, TriadError } from '@triad/protocol';

/** One party of a benchmark, ready to run. */
export interface Runner {
  /** Resolves at all parties at nearly the same time. */
  barrier(run: number): Promise<void>;
  /** What is timed. */
  run(run: number): Promise<void>;
  /** What the results were worth, at the parties that know; the largest counts. */
  verify?(): Promise<Measures | undefined>;
  close(): Promise<void>;
}

/** Figures beside the time, by name. */
export type Measures = Readonly<Record<string, number>>;

/** A benchmark that several parties run, each in a process of its own. */
export interface PartyCase {
  readonly name: string;
  readonly size: string;
  /** Computing parties; default 3. */
  readonly parties?: number;
  /** Declared dependent rounds of one run. */
  readonly rounds: number;
  /** Runs before those that count: compilers of JavaScript and WebAssembly optimise what has run often. */
  readonly warmUp: number;
  /** Milliseconds a byte is on its way from one party to another, beside what the machine takes. */
  readonly delay?: number;
  /** Something this machine does without us, in seconds, to compare with. */
  readonly reference: () => Promise<Reference>;
  open(role: number, network: Network): Promise<Runner>;
}

/** A time measured in the same benchmark. */
export interface Reference {
  readonly name: string;
  readonly seconds: number;
}

/** One line of the result. */
export interface Result {
  readonly name: string;
  readonly size: string;
  readonly parties: number;
  readonly threads: number;
  readonly link: 'plain' | 'tls' | 'none';
  /** Median. */
  readonly seconds: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
  readonly rounds: number;
  readonly bytesPerParty: readonly number[];
  readonly peakRssMB: number;
  readonly reference: Reference;
  /** Ours over the reference. */
  readonly ratio: number;
  readonly measures?: Measures;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Median seconds of a function of this process, after one run that does not count. */
export const timed = (runs: number, run: () => void): number => {
  run();
  return median(
    Array.from({ length: runs }, () => {
      const start = performance.now();
      run();
      return (performance.now() - start) / 1000;
    }),
  );
};

/** `value` when it is below `bound`: a wrong result ends a benchmark. */
export const bounded = (what: string, value: number, bound: number): number => {
  if (value < bound) return value;
  throw new TriadError('bad-message', `${what} is ${value}, which is not below ${bound}`, {
    remedy: 'report it with the benchmark and the version: its results are wrong',
  });
};
