import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { manifestDigest, openFile, openShare, openTable, shareTable } from '@triad/data';
import { data, layers, optimizer, parameter, program } from '@triad/layers';
import { type Channel, local } from '@triad/protocol';
import { memory } from '@triad/ring';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Checkpoints } from '../store/checkpoints.js';
import { ResultLog } from '../store/result-log.js';
import { parseWork } from '../work/parsed.js';
import { work } from '../work/work.js';
import { attempt } from './attempt.js';
import { type Prepared, prepare } from './prepare.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triad-attempt-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ranks = [0, 1, 2] as const;
const rows = 10;

const share = async (): Promise<void> => {
  await writeFile(
    join(folder, 'x.csv'),
    `a\n${Array.from({ length: rows }, (_, i) => i / rows).join('\n')}\n`,
  );
  const source = await openFile(join(folder, 'x.csv'));
  const naming = { name: 'x', owner: 'alice', federation: 'f', sign: () => new Uint8Array(64) };
  await shareTable(await openTable(source), { ...naming, path: (party) => join(folder, `x.${party}`) });
  await source.close();
};

/** A training of two runs an epoch, at one node. */
const prepared = async (rank: number, epochs: number): Promise<Prepared> => {
  const set = await openShare(await openFile(join(folder, `x.${rank}`)), rank);
  const train = program(() => {
    const x = data({ name: 'x', shape: [null, 1] });
    const fitted = layers.matmul(x, parameter({ name: 'w', shape: [1, 1] }));
    const cost = layers.mean(layers.squareErrorCost({ input: fitted, label: x }));
    new optimizer.SGD({ learningRate: 0.1 }).minimize(cost);
  });
  const parsed = parseWork(
    work({
      programs: { train },
      inputs: { x: 'alice/x' },
      stages: [{ program: 'train', feed: { x: 'x' }, batch: rows / 2, epochs }],
    }),
  );
  const uses = [{ set: 'alice/x', digest: manifestDigest(set.manifest), grant: 'ab'.repeat(16) }];
  return prepare(parsed, uses, { set: async () => set, model: () => Promise.reject(new Error('none')) });
};

/** Takes its time to write. */
class SlowCheckpoints extends Checkpoints {
  writing = 0;

  override async write(unit: number, bytes: Uint8Array): Promise<void> {
    this.writing++;
    await sleep(60);
    await super.write(unit, bytes);
    this.writing--;
  }
}

interface Watched {
  readonly epochs: number;
  readonly every: number;
  readonly onProgress: (rank: number, unit: number, channel: Channel) => void;
  readonly onRead?: (rank: number) => void;
  readonly onSettled?: (unit: number) => void;
}

/** An attempt at one node; tells how many checkpoints are being written when it is over. */
const tryAt = async (
  channel: Channel,
  watched: Watched,
): Promise<{ readonly error?: unknown; readonly writing: number }> => {
  const { rank } = channel;
  await using at = await prepared(rank, watched.epochs);
  const input = at.inputs.get('x')!;
  const read = input.read.bind(input);
  input.read = (window) => {
    watched.onRead?.(rank);
    return read(window);
  };
  const log = await ResultLog.open(join(folder, `results.${rank}`));
  const checkpoints = new SlowCheckpoints(await mkdtemp(join(folder, `node-${rank}-`)));
  const task = {
    ...at,
    log,
    checkpoints,
    every: watched.every,
    onSettled: watched.onSettled ?? (() => {}),
    onProgress: (unit: number) => watched.onProgress(rank, unit, channel),
  };
  try {
    await attempt(task, channel, 0, async () => {});
    return { writing: checkpoints.writing };
  } catch (error) {
    return { error, writing: checkpoints.writing };
  } finally {
    await log.close();
  }
};

describe('an attempt at a job', () => {
  it('that ends too early is over when no checkpoint is being written any more, and holds no memory', async () => {
    await share();
    const before = memory.liveBytes;
    const { channels } = local(3);
    const end = (rank: number, unit: number, channel: Channel) => {
      if (rank === 2 && unit === 25) void channel.close(new Error('the machine is gone'));
    };
    const ends = await Promise.all(
      ranks.map((rank) => tryAt(channels[rank]!, { epochs: 100, every: 10, onProgress: end })),
    );
    for (const { error, writing } of ends) {
      expect(error).toBeInstanceOf(Error);
      expect(writing).toBe(0);
    }
    expect(memory.liveBytes).toBe(before);
  });

  it('reads no more epochs than it computes with, and settles them one after the other', async () => {
    await share();
    const { channels } = local(3);
    const [reads, units, settled] = [[0, 0, 0], [0, 0, 0], [] as number[]];
    let ahead = 0;
    const ends = await Promise.all(
      ranks.map((rank) =>
        tryAt(channels[rank]!, {
          epochs: 300,
          every: 100,
          onProgress: (_, unit) => {
            units[rank] = unit;
          },
          onRead: () => {
            reads[rank]!++;
            ahead = Math.max(ahead, reads[rank]! - units[rank]! / 2);
          },
          onSettled: (unit) => rank === 0 && settled.push(unit),
        }),
      ),
    );
    expect(ends.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    expect(reads).toEqual([300, 300, 300]);
    expect(units).toEqual([600, 600, 600]);
    expect(ahead).toBeLessThanOrEqual(3);
    expect(settled).toEqual([100, 200, 300, 400, 500, 600]);
  });
});
