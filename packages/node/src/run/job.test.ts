import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Network, TriadError } from '@triad/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolder } from '../store/folder.js';
import { type JobState, JobStore } from '../store/jobs.js';
import { Job, type Surroundings } from './job.js';
import type { Prepared } from './prepare.js';

let path: string;
let close: () => Promise<void>;
let store: JobStore;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'triad-job-'));
  const folder = await openFolder(path, { federation: 'f', role: '0' }, () => {});
  close = folder.close;
  store = new JobStore(folder);
});
afterEach(async () => {
  await close();
  await rm(path, { recursive: true, force: true });
});

const id = 'ab'.repeat(16);
const begun: JobState = {
  phase: 'waiting',
  unit: 0,
  units: 0,
  settled: 0,
  attempts: 0,
  resumption: '',
  since: '',
};
const record = { id, submitter: 'carol', submitted: '', hash: '', exposures: [], uses: [] };
const failed: JobState = { ...begun, phase: 'failed', trouble: { code: 'limit', what: 'the disk is full' } };

/** A job whose others never come. */
const lonely = async (around: Partial<Surroundings>): Promise<Job> => {
  await store.add(record, begun, {} as never);
  const nobody = async () => {
    await sleep(30);
    throw new TriadError('timeout', 'nobody came');
  };
  const prepared = { agreement: {}, [Symbol.asyncDispose]: async () => {} } as unknown as Prepared;
  return new Job(record, begun, {
    party: 0,
    store,
    network: (): Network => ({ outside: [], join: nobody }),
    prepare: async () => prepared,
    deliver: async () => {},
    elsewhere: async () => new Map(),
    head: () => '',
    met: async () => {},
    cancelled: async () => {},
    checkpointEvery: 10,
    log: () => {},
    ...around,
  });
};

const phase = async (job: Job, wanted: JobState['phase']): Promise<void> => {
  while (job.state.phase !== wanted) await sleep(1);
};

describe('a job', () => {
  it('is tried by one loop, however soon it is resumed', async () => {
    let [now, most, joins, failing] = [0, 0, 0, true];
    const slow = store.setState.bind(store);
    store.setState = async (...state) => {
      await sleep(20);
      await slow(...state);
    };
    const join = async () => {
      joins++;
      most = Math.max(most, ++now);
      await sleep(100);
      now--;
      throw new TriadError('timeout', 'nobody came');
    };
    const job = await lonely({
      network: () => ({ outside: [], join }),
      elsewhere: async () => new Map(failing ? [[1, failed] as const] : []),
    });
    job.start();
    await phase(job, 'failed');
    failing = false;
    await job.resume('1'.repeat(32));
    while (joins < 5) await sleep(10);
    expect(most).toBe(1);
    await job.close();
  });

  it('is resumed when it could not be written down at first, and cancelled then', async () => {
    const others = new Map([[1, failed] as const]);
    let joins = 0;
    const join = async () => {
      joins++;
      throw new TriadError('timeout', 'nobody came');
    };
    const job = await lonely({ network: () => ({ outside: [], join }), elsewhere: async () => others });
    job.start();
    await phase(job, 'failed');
    others.clear();
    const write = store.setState.bind(store);
    const full = () => Promise.reject(new TriadError('limit', 'the disk is full'));
    store.setState = full;
    await expect(job.resume('1'.repeat(32))).rejects.toThrow('full');
    expect(job.state).toMatchObject({ phase: 'failed', resumption: '' });
    store.setState = write;
    const before = joins;
    await job.resume('2'.repeat(32));
    while (joins < before + 2) await sleep(5);
    store.setState = full;
    await expect(job.cancel('alice')).rejects.toThrow('full');
    expect(job.state.phase).not.toBe('cancelled');
    store.setState = write;
    expect(await job.cancel('alice')).toBe(true);
    expect((await store.all())[0]!.state).toMatchObject({ phase: 'cancelled', cancelledBy: 'alice' });
  });

  it('goes on after a failure of a node that was not told of the last resumption, not after another', async () => {
    const others = new Map([[1, failed] as const]);
    const job = await lonely({ elsewhere: async () => others });
    job.start();
    await phase(job, 'failed');
    await job.resume('1'.repeat(32));
    await sleep(300);
    expect(job.state.phase).toBe('waiting');
    others.set(1, { ...failed, resumption: '1'.repeat(32) });
    await phase(job, 'failed');
    await job.close();
  });

  it('that is cancelled while it is resumed stays cancelled', async () => {
    const others = new Map([[1, failed] as const]);
    let joins = 0;
    const join = async () => {
      joins++;
      throw new TriadError('timeout', 'nobody came');
    };
    const job = await lonely({ network: () => ({ outside: [], join }), elsewhere: async () => others });
    job.start();
    await phase(job, 'failed');
    others.clear();
    const before = joins;
    const write = store.setState.bind(store);
    store.setState = async (...state) => {
      await sleep(60);
      await write(...state);
    };
    const resuming = job.resume('1'.repeat(32));
    await sleep(20);
    const ends = await Promise.allSettled([resuming, job.cancel('alice'), job.cancel('bob')]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    await sleep(300);
    expect(joins).toBe(before);
    expect(job.state).toMatchObject({ phase: 'cancelled', cancelledBy: 'alice' });
  });

  it('that is ending is waited for when it is closed', async () => {
    const job = await lonely({ elsewhere: async () => new Map([[1, failed] as const]) });
    const write = store.setState.bind(store);
    store.setState = async (...state) => {
      await sleep(100);
      await write(...state);
    };
    job.start();
    await phase(job, 'failed');
    await job.close();
    expect((await store.all())[0]!.state.phase).toBe('failed');
  });

  it('that is cancelled elsewhere ends, with whoever did it written down, and leaves nothing to go on with', async () => {
    const by: unknown[] = [];
    const job = await lonely({
      elsewhere: async () => new Map([[2, { ...begun, phase: 'cancelled', cancelledBy: 'alice' } as const]]),
      cancelled: async (cancellation) => void by.push(cancellation),
    });
    job.start();
    await phase(job, 'cancelled');
    await job.close();
    expect(by).toEqual([{ who: 'alice', from: 2 }]);
    expect(job.state.cancelledBy).toBe('alice');
    await expect(store.work(id)).rejects.toThrow('ENOENT');
  });

  it('stays over when what is left cannot be tidied up', async () => {
    const said: unknown[] = [];
    const job = await lonely({
      elsewhere: async () => new Map([[1, { ...begun, phase: 'cancelled', cancelledBy: 'bob' } as const]]),
      log: (event, details) => said.push([event, details.reason]),
    });
    store.clean = () => Promise.reject(new Error('read-only file system'));
    job.start();
    await phase(job, 'cancelled');
    await job.close();
    expect(job.state.phase).toBe('cancelled');
    expect(said).toContainEqual(['not tidied up', 'read-only file system']);
  });
});
