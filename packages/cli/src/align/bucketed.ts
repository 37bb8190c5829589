/**
 * The intersection of two owners' keys by buckets: sets of any size in bounded memory, and a run that goes on after a crash with the bucket it was
 * at. A key's bucket is a part of its digest under a key that both sides drew for this run. Every bucket is filled up to the size that
 * none exceeds but with probability 2^-40, so that sizes tell the peer nothing but the number of rows.
 */
import {
  clusterCapacity,
  digestKeys,
  drawHashKey,
  filledSet,
  type Keys,
  type PsiRoles,
  type PsiRunner,
  padding,
  psiRunner,
} from '@triad/ot-psi';
import type { Rank, Session } from '@triad/protocol';
import { badArgument } from '../bad-argument.js';
import { exchangeRows, planRun } from './bucket-meeting.js';
import { BucketStore, type Manifest } from './bucket-store.js';

/** Where keys come from, row by row. */
export interface KeySource {
  /** A name of the file's present contents: a run goes on only with the same ones. */
  readonly fingerprint: string;
  /** How many rows there are, about. */
  readonly estimate: number;
  /** Keys in batches, in the order of rows. */
  read(): AsyncIterable<Keys>;
}

export interface BucketedOptions extends PsiRoles {
  readonly session: Session;
  readonly peer: Rank;
  /** Of the run in its session; default `psi`. */
  readonly name?: string;
  /** Where buckets and what is done are kept until the run is over. */
  readonly folder: string;
  /** Rows of a bucket, about; default 2^20. The same at both sides. */
  readonly bucketRows?: number;
  readonly onProgress?: (progress: BucketProgress) => void;
}

export interface BucketProgress {
  readonly stage: 'reading' | 'matching';
  /** Rows so far; of the matching, those of buckets that are done. */
  readonly rows: number;
  /** Of how many; of the reading about. */
  readonly of: number;
  /** Rows that an interrupted run had done already. */
  readonly before: number;
}

export interface BucketedResult {
  /** Own rows of the common keys, in an order that is the same at both sides; undefined where this side learns nothing. */
  readonly rows: Uint32Array | undefined;
  readonly size: number;
  readonly peerSize: number;
  /** Rows whose key an earlier row has, in the buckets that were not done before. */
  readonly duplicates: number;
  readonly buckets: number;
  /** Buckets an interrupted run had done. */
  readonly resumedAt: number;
  /** Forgets the run's state, once the result is where it belongs. */
  forget(): Promise<void>;
}

const defaultName = 'psi';
const defaultBucketRows = 2 ** 20;
const maxBucketBits = 12;

export const bucketedPsi = async (source: KeySource, options: BucketedOptions): Promise<BucketedResult> => {
  const { session, peer, folder, role, result, name = defaultName } = options;
  const store = new BucketStore(folder);
  // Base OTs belong to a session; a run that goes on makes new ones.
  const runner = await psiRunner({ session, op: session.op(`${name}/base`), peer }, options);
  const { manifest, from } = await openRun(store, source, options);
  const duplicates = await runBuckets({ store, runner, manifest, from }, options);
  const buckets = 2 ** manifest.bucketBits;
  return {
    rows: role === 'receiver' || result === 'both' ? await store.common(buckets) : undefined,
    size: manifest.rows,
    peerSize: manifest.peerRows,
    duplicates,
    buckets,
    resumedAt: from,
    forget: () => store.remove(),
  };
};

interface Opened {
  readonly manifest: Manifest;
  /** The first bucket to run. */
  readonly from: number;
}

/** The run both sides can go on with, or a new one, its buckets filled. */
const openRun = async (store: BucketStore, source: KeySource, options: BucketedOptions): Promise<Opened> => {
  const { session, peer, name = defaultName, bucketRows = defaultBucketRows } = options;
  const known = await store.manifest();
  if (known !== undefined && known.source !== source.fingerprint) {
    throw badArgument(
      `${store.folder} holds a run with other keys`,
      'go on with the same file, or remove the folder',
    );
  }
  const op = session.op(`${name}/run`);
  const done = known === undefined ? 0 : store.done(2 ** known.bucketBits);
  const plan = await planRun(op.at(0), peer, { id: known?.id, done, estimate: source.estimate });
  if (plan.from !== undefined && known !== undefined) return { manifest: known, from: plan.from };
  await store.clear();
  const bucketBits = bitsFor(plan.estimate / bucketRows);
  const rows = await fill(store, source, bucketBits, options);
  const peerRows = await exchangeRows(op.at(1), peer, rows);
  const manifest: Manifest = {
    version: 1,
    id: session.id!,
    source: source.fingerprint,
    bucketBits,
    rows,
    peerRows,
  };
  await store.seal(manifest);
  return { manifest, from: 0 };
};

const bitsFor = (buckets: number): number => {
  let bits = 0;
  while (2 ** bits < buckets && bits < maxBucketBits) bits++;
  return bits;
};

/** Divides the source's keys among the buckets; how many rows there are. */
const fill = async (
  store: BucketStore,
  source: KeySource,
  bucketBits: number,
  { session, name = defaultName, onProgress = () => {} }: BucketedOptions,
): Promise<number> => {
  const hashKey = drawHashKey({ session, op: session.op(`${name}/hash`) });
  const filling = store.filling(bucketBits);
  let rows = 0;
  try {
    for await (const keys of source.read()) {
      const digests = digestKeys(keys, hashKey);
      filling.add(digests.toBytes(), rows);
      rows += digests.shape[0]!;
      digests.dispose();
      onProgress({ stage: 'reading', rows, of: Math.max(source.estimate, rows), before: 0 });
    }
  } finally {
    filling.close();
  }
  return rows;
};

interface Buckets extends Opened {
  readonly store: BucketStore;
  readonly runner: PsiRunner;
}

/** Runs what is not done yet; how many rows repeat a key. */
const runBuckets = async (
  { store, runner, manifest, from }: Buckets,
  { session, peer, name = defaultName, onProgress = () => {} }: BucketedOptions,
): Promise<number> => {
  const { rows, bucketBits } = manifest;
  const buckets = 2 ** bucketBits;
  const capacity = clusterCapacity(rows, bucketBits);
  const before = Math.round((rows * from) / buckets);
  let duplicates = 0;
  for (let bucket = from; bucket < buckets; bucket++) {
    const set = filledSet(await store.bucket(bucket), capacity);
    const link = { session, op: session.op(`${name}/bucket`, bucket), peer };
    const { common } = await runner.run(link, set);
    duplicates += set.repeats.length / 2;
    set.dispose();
    await store.finish(
      bucket,
      common?.map((i) => set.rows[i]!).filter((row) => row !== padding),
    );
    const done = Math.round((rows * (bucket + 1)) / buckets);
    onProgress({ stage: 'matching', rows: done, of: rows, before });
  }
  return duplicates;
};
