/** The jobs a node knows, each in a folder of its own. Ids are remembered for good, so that none can be repeated. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { fileError, writeFileWhole } from '@triad/data';
import { TriadError } from '@triad/protocol';
import type { Use } from '../policy/policy.js';
import type { Exposure } from '../work/parsed.js';
import { jobId, readWork, type Work } from '../work/work.js';
import type { Folder } from './folder.js';

export type Phase = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

/** Why a job failed. */
export interface Trouble {
  readonly code: string;
  readonly what: string;
  readonly party?: number;
  readonly remedy?: string;
}

export interface JobState {
  readonly phase: Phase;
  /** Units that are over, of so many. */
  readonly unit: number;
  readonly units: number;
  /** Units that are never done again: all nodes have a checkpoint behind them. */
  readonly settled: number;
  /** How often the nodes have met. */
  readonly attempts: number;
  /** Names the last time its submitter resumed it, the same at all nodes; empty when it never was. */
  readonly resumption: string;
  /** Names the results, once all of them are on disk. */
  readonly result?: string;
  readonly trouble?: Trouble;
  /** Who cancelled it. */
  readonly cancelledBy?: string;
  /** ISO date of the last change of phase. */
  readonly since: string;
}

/** What is kept in memory of every job; its work is on disk alone. */
export interface JobRecord {
  readonly id: string;
  readonly submitter: string;
  /** ISO date. */
  readonly submitted: string;
  /** Of the work. */
  readonly hash: string;
  readonly exposures: readonly Exposure[];
  /** Data that its results may tell of. */
  readonly uses: readonly Use[];
}

export interface StoredJob {
  readonly record: JobRecord;
  readonly state: JobState;
}

const files = {
  record: 'job.json',
  state: 'state.json',
  work: 'work.json',
  model: 'model.safetensors',
  results: 'results.log',
} as const;

/** What is not needed when a job is over for good, and what was being written when a process died. */
const scaffolding = /^(?:checkpoint-\d+\.safetensors|work\.json|results\.log|.*\.part)$/;

export class JobStore {
  constructor(private readonly folder: Folder) {}

  async all(): Promise<StoredJob[]> {
    const ids = (await readdir(this.folder.at('jobs'))).filter((id) => jobId.safeParse(id).success).sort();
    const jobs: StoredJob[] = [];
    for (const id of ids) {
      const job = await this.#read(id);
      if (job !== undefined) jobs.push(job);
    }
    return jobs;
  }

  /** Throws `refused` for an id that was used before. */
  async add(record: JobRecord, state: JobState, work: Work): Promise<void> {
    const { id } = record;
    try {
      await mkdir(this.at(id), { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new TriadError('refused', `job ${id} was submitted before`, {
        remedy: 'submit it under a new id',
      });
    }
    try {
      await this.setState(id, state);
      await writeFileWhole(this.at(id, files.work), JSON.stringify(work), 0o600);
      await writeFileWhole(this.at(id, files.record), JSON.stringify(record), 0o600);
    } catch (error) {
      await rm(this.at(id), { recursive: true, force: true });
      throw error;
    }
  }

  setState(id: string, state: JobState): Promise<void> {
    return writeFileWhole(this.at(id, files.state), JSON.stringify(state), 0o600);
  }

  async work(id: string): Promise<Work> {
    return readWork(JSON.parse(await readFile(this.at(id, files.work), 'utf8')));
  }

  /** Keeps this node's shares of the parameters as the job left them. */
  setModel(id: string, file: Uint8Array): Promise<void> {
    return writeFileWhole(this.at(id, files.model), file, 0o600);
  }

  /** What `setModel` kept. Throws `mismatch` when it is gone. */
  async model(id: string): Promise<Uint8Array> {
    const file = await readFile(this.at(id, files.model)).catch(() => undefined);
    if (file !== undefined) return file;
    throw new TriadError('mismatch', `this node's share of the model of job ${id} is gone`, {
      remedy: 'train again',
    });
  }

  /** What the job has revealed so far. */
  resultsPath(id: string): string {
    return this.at(id, files.results);
  }

  /** Frees what a job that is over for good does not need any more. */
  async clean(id: string): Promise<void> {
    for (const name of await readdir(this.at(id)))
      if (scaffolding.test(name)) await rm(this.at(id, name), { force: true });
  }

  at(id: string, ...names: readonly string[]): string {
    return this.folder.at('jobs', id, ...names);
  }

  /** Undefined for a job that was not whole when the process died: nobody was told that it is accepted. */
  async #read(id: string): Promise<StoredJob | undefined> {
    try {
      const record = await readFile(this.at(id, files.record), 'utf8');
      const state = await readFile(this.at(id, files.state), 'utf8');
      return { record: JSON.parse(record) as JobRecord, state: JSON.parse(state) as JobState };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw fileError(error, `job ${id} cannot be read`, 'look at the data directory of the node');
    }
  }
}
