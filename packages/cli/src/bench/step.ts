import { aby3 } from '@triad/aby3';
import { Executor, FloatTwin, init, NdArray, type Program, plan } from '@triad/layers';
import type { Network } from '@triad/protocol';
import { bounded, type Measures, median, type PartyCase, type Reference, type Runner } from './case.js';
import { batch } from './model.js';
import { sampleNumbers } from './sample.js';

export interface StepOptions {
  readonly size: string;
  readonly program: Program;
  /** Shape of x without the batch, and how many numbers a label has. */
  readonly features: readonly number[];
  readonly labels: number;
  /** Steps before those that count. */
  readonly warmUp: number;
  /** Milliseconds on the way from one party to another. */
  readonly delay?: number;
}

const fetchList = ['loss'];

/**
 * How far the loss and a weight may be from the float twin's after one step. A truncation is off by less than 2^-16, and a gradient
 * sums such errors over the rows of the batch and the places of a filter; where a number is that close to 0, relu may decide otherwise
 * than the twin's, and moves a weight by a row's part of its gradient.
 */
const tolerance = { loss: 2 ** -10, largest: 2 ** -7, mean: 2 ** -13 };

/** One step of a training on data that is shared already: forward, backward, update, its loss revealed to all. */
export const step = (name: string, options: StepOptions): PartyCase => ({
  name,
  size: `${options.size}, batch ${batch}`,
  rounds: plan(options.program, aby3(), { batch, fetchList }).rounds,
  warmUp: options.warmUp,
  reference: async () => floatTwin(options),
  open: (role, network) => open(role, network, options),
  ...(options.delay !== undefined && { delay: options.delay }),
});

/** Inputs in [0, 1), and labels: of one number a bit, of more one-hot. */
const feedOf = ({ features, labels }: StepOptions): { readonly x: NdArray; readonly y: NdArray } => {
  const shape = [batch, ...features];
  const numbers = sampleNumbers(
    shape.reduce((n, d) => n * d, 1),
    0.5,
  );
  const x = new NdArray(
    shape,
    numbers.map((value) => value + 0.5),
  );
  const y = new NdArray([batch, labels]);
  for (let row = 0; row < batch; row++) {
    if (labels === 1) y.data[row] = row % 2;
    else y.data[row * labels + (row % labels)] = 1;
  }
  return { x, y };
};

const open = async (role: number, network: Network, options: StepOptions): Promise<Runner> => {
  const exe = new Executor({ environment: init(aby3(), role, network), program: options.program });
  const { x, y } = feedOf(options);
  const feed = await exe.share({
    x: { owner: 0, shape: x.shape, values: x },
    y: { owner: 1, shape: y.shape, values: y },
  });
  const run = () => exe.run({ feed, fetchList });
  return {
    barrier: async () => void (await exe.reveal(feed.y.rows(0, 1))),
    run: async () => void (await run()),
    verify: () => verify(exe, options, run),
    close: () => exe.close(),
  };
};

/** All parameters of the executor, revealed. */
const parametersOf = async (exe: Executor): Promise<Record<string, NdArray>> => {
  const entries = [...exe.parameters.values()].map(
    async (parameter) => [parameter.name, (await exe.reveal(parameter))!] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
};

/** Reveals the parameters, and compares a further step with the float twin's. */
const verify = async (
  exe: Executor,
  { program, ...options }: StepOptions,
  run: () => Promise<readonly (NdArray | undefined)[]>,
): Promise<Measures> => {
  const twin = new FloatTwin(program, await parametersOf(exe));
  const [loss] = await run();
  const [twinLoss] = twin.run({ feed: feedOf({ program, ...options }), fetchList });
  const after = Object.entries(await parametersOf(exe));
  const errors = after.flatMap(([name, value]) => errorsOf(value, twin.parameters.get(name)!));
  const mean = errors.reduce((total, error) => total + error, 0) / errors.length;
  return {
    lossError: bounded(
      "the loss's distance from the float twin's",
      largest(errorsOf(loss!, twinLoss!)),
      tolerance.loss,
    ),
    weightError: bounded("a weight's distance from the float twin's", largest(errors), tolerance.largest),
    meanWeightError: bounded("weights' mean distance from the float twin's", mean, tolerance.mean),
  };
};

const errorsOf = (x: NdArray, y: NdArray): number[] => Array.from(x.data, (v, i) => Math.abs(v - y.data[i]!));

const largest = (errors: readonly number[]): number =>
  errors.reduce((most, error) => Math.max(most, error), 0);

/** Starts at small numbers: what weights are does not change how long a step takes. */
export const floatTwin = (options: StepOptions): Reference => {
  const { program } = options;
  const weights = program.parameters.map(({ attributes: { name, shape } }, i) => {
    const count = shape.reduce((n, d) => n * d, 1);
    return [name, new NdArray(shape, sampleNumbers(count, 0.05, i + 1))] as const;
  });
  const twin = new FloatTwin(program, Object.fromEntries(weights));
  const feed = feedOf(options);
  const seconds = Array.from({ length: 5 }, () => {
    const start = performance.now();
    twin.run({ feed, fetchList });
    return (performance.now() - start) / 1000;
  });
  return { name: 'a step of the float64 twin, one process', seconds: median(seconds.slice(1)) };
};
