/** A table of CSV dealt to three files, in a process of its own for its memory. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { openSource, openTable, shareTable } from '@triad/data';
import { median, type Reference, type Result } from './case.js';

/** Rows by name. */
export const shareSizes: ReadonlyMap<string, number> = new Map([
  ['share-1e5', 1e5],
  ['share-1e6', 1e6],
  ['share-1e7', 1e7],
]);

const columns = 14;

/** What one run took. */
export interface Shared {
  readonly seconds: number;
  /** Of all cores. */
  readonly cpuSeconds: number;
  readonly peakRssMB: number;
}

/** Deals a file into a folder, once: for the process that `shareResult` starts. */
export const shareOnce = async (file: string, folder: string): Promise<Shared> => {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const source = await openSource(file);
  const path = (party: number) => join(folder, `out.party${party}.safetensors`);
  const naming = { name: 'bench', owner: 'bench', federation: 'bench' };
  await shareTable(await openTable(source), { ...naming, sign: () => new Uint8Array(64), path });
  await source.close();
  const { user, system } = process.cpuUsage(cpu);
  return {
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakRssMB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
};

export const shareResult = async (name: string, runs: number): Promise<Result> => {
  const rows = shareSizes.get(name)!;
  const folder = await mkdtemp(join(tmpdir(), 'triad-bench-'));
  try {
    const file = join(folder, 'table.csv');
    await writeTable(file, rows);
    const reference = await parseAsTexts(file, rows);
    const samples: Shared[] = [];
    for (let run = 0; run <= runs; run++) samples.push(await inProcess(file, folder));
    return resultOf(name, rows, samples.slice(1), reference);
  } finally {
    await rm(folder, { recursive: true });
  }
};

const resultOf = (name: string, rows: number, samples: readonly Shared[], reference: Reference): Result => {
  const seconds = samples.map((sample) => sample.seconds);
  const megabytes = (rows * columns * 8) / 1e6;
  const cpu = median(samples.map(({ cpuSeconds }) => cpuSeconds));
  return {
    name,
    size: `${rows} rows of ${columns}`,
    parties: 1,
    threads: 1,
    link: 'none',
    seconds: median(seconds),
    min: Math.min(...seconds),
    max: Math.max(...seconds),
    runs: samples.length,
    rounds: 0,
    bytesPerParty: [0],
    peakRssMB: Math.max(...samples.map(({ peakRssMB }) => peakRssMB)),
    reference,
    ratio: median(seconds) / reference.seconds,
    measures: {
      'MB/s': Math.round(megabytes / median(seconds)),
      'MB/s of CPU time': Math.round(megabytes / cpu),
    },
  };
};

const inProcess = async (file: string, folder: string): Promise<Shared> => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    process.argv[1]!,
    'bench-share',
    file,
    folder,
  ]);
  return JSON.parse(stdout) as Shared;
};

/** Numbers between -100 and 100 with four digits behind the point. */
const writeTable = async (path: string, rows: number): Promise<void> => {
  const file = createWriteStream(path);
  file.write(`${Array.from({ length: columns }, (_, i) => `c${i}`).join()}\n`);
  let state = 12345;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state % 2_000_000) - 1_000_000) / 10_000;
  };
  const line = () => `${Array.from({ length: columns }, next).join()}\n`;
  for (let row = 0; row < rows; row += 5000) {
    const lines = Array.from({ length: Math.min(5000, rows - row) }, line);
    if (!file.write(lines.join(''))) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
};

const referenceRows = 1e5;

/** The same numbers read the obvious way, and nothing done with them. */
const parseAsTexts = async (file: string, rows: number): Promise<Reference> => {
  const start = performance.now();
  const values = new Float64Array(columns);
  const stream = createReadStream(file);
  let read = 0;
  for await (const line of createInterface({ input: stream })) {
    for (const [i, cell] of line.split(',').entries()) values[i] = Number(cell);
    if (++read > referenceRows) break;
  }
  stream.destroy();
  const seconds = ((performance.now() - start) / 1000) * (rows / referenceRows);
  return { name: `lines split, and Number of each cell, of ${referenceRows} rows`, seconds };
};
