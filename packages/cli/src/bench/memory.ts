import { aby3 } from '@triad/aby3';
import { Executor, init, NdArray, plan } from '@triad/layers';
import type { Network } from '@triad/protocol';
import { memory as words } from '@triad/ring';
import { bounded, type PartyCase, type Runner } from './case.js';
import { batch } from './model.js';
import { sampleNumbers } from './sample.js';
import { floatTwin, type StepOptions } from './step.js';

const rows = 10_000;
const features = 784;
const classes = 10;
const steps = Math.floor(rows / batch);
/** Steps after which nothing may grow. */
const settled = 10;
const fetchList = ['loss'];
const MB = 2 ** 20;
/** Bounds, of what a process holds, and of how much of that is new after the first steps. */
const mostMB = 1000;
const mostGrowthMB = 50;

/** An epoch of training on shared rows, one step after the other; afterwards, what the process took while it ran. */
export const memory = (options: StepOptions): PartyCase => ({
  name: 'memory',
  size: `${options.size}, ${rows} shared rows, ${steps} steps of ${batch}`,
  rounds: plan(options.program, aby3(), { batch, fetchList }).rounds * steps,
  warmUp: 0,
  reference: async () => {
    const { seconds } = floatTwin(options);
    return { name: `${steps} steps of the float64 twin, one process`, seconds: seconds * steps };
  },
  open: (role, network) => open(role, network, options),
});

const open = async (role: number, network: Network, { program }: StepOptions): Promise<Runner> => {
  const exe = new Executor({ environment: init(aby3(), role, network), program });
  const { x, y } = await exe.share({
    x: { owner: 0, shape: [rows, features], values: images },
    y: { owner: 1, shape: [rows, classes], values: labels },
  });
  const samples: Sample[] = [];
  const step = async (i: number) => {
    const [start, end] = [i * batch, (i + 1) * batch];
    await exe.run({ feed: { x: x.rows(start, end), y: y.rows(start, end) }, fetchList });
    samples.push({ rss: process.memoryUsage.rss(), live: words.liveBytes });
  };
  return {
    barrier: async () => void (await exe.reveal(y.rows(0, 1))),
    run: async () => {
      for (let i = 0; i < steps; i++) await step(i);
    },
    verify: async () => summary(samples),
    close: () => exe.close(),
  };
};

const images = () =>
  new NdArray(
    [rows, features],
    sampleNumbers(rows * features, 0.5).map((v) => v + 0.5),
  );

const labels = () => {
  const y = new NdArray([rows, classes]);
  for (let row = 0; row < rows; row++) y.data[row * classes + (row % classes)] = 1;
  return y;
};

/** What a process holds after a step, in bytes: in all, and in tensors. */
interface Sample {
  readonly rss: number;
  readonly live: number;
}

/** The largest, and by how much the rest of all steps rose above the first ones that count. */
const summary = (samples: readonly Sample[]) => {
  const largest = (part: readonly Sample[], of: keyof Sample) =>
    Math.max(...part.map((each) => each[of])) / MB;
  const [early, late] = [samples.slice(settled, 2 * settled), samples.slice(2 * settled)];
  const growth = (of: keyof Sample) => Math.max(0, largest(late, of) - largest(early, of));
  return {
    rssMB: bounded('the memory of a process in MB', largest(samples, 'rss'), mostMB),
    rssGrowthMB: bounded('the growth of its memory in MB', growth('rss'), mostGrowthMB),
    tensorsMB: largest(samples, 'live'),
    tensorGrowthMB: bounded('the growth of its tensors in MB', growth('live'), 1),
  };
};
