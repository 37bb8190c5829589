import { cardinality, type PsiName, psi } from '@triad/ot-psi';
import type { Session } from '@triad/protocol';
import type { RowProgress } from '../row-progress.js';
import { bucketedPsi } from './bucketed.js';
import { fileSource } from './file-source.js';
import type { KeyBatch } from './key-batch.js';
import type { KeyFile } from './key-file.js';
import type { Report } from './report.js';
import { type Mode, select } from './selection.js';

/** What two owners want of each other. */
export interface Matching {
  readonly role: 'receiver' | 'sender';
  readonly result: 'receiver' | 'both';
  readonly mode: Mode;
  /** Undefined for the one that suits. */
  readonly protocol: PsiName | undefined;
  /** What distinct keys are filled up to. */
  readonly padTo: number | undefined;
}

/** What an owner has found out. */
export interface Found {
  /** Rows to write; undefined where this side learns none. */
  readonly rows: Uint32Array | undefined;
  readonly report: Omit<Report, 'seconds'>;
}

/** Matches keys with those of the other owner. */
export const matchKeys = (session: Session, keys: KeyBatch, matching: Matching): Promise<Found> =>
  matching.mode === 'cardinality' ? countCommon(session, keys, matching) : findRows(session, keys, matching);

const countCommon = async (session: Session, keys: KeyBatch, { role, padTo }: Matching): Promise<Found> => {
  const options = { role, ...(padTo !== undefined && { padTo }) };
  const { common, size, distinct, peerSize } = await cardinality(linkOf(session), keys, options);
  const { traffic } = session.channel;
  const known = { keys: size, duplicates: size - distinct, peerKeys: peerSize };
  return { rows: undefined, report: { ...known, ...(common !== undefined && { common }), traffic } };
};

const findRows = async (
  session: Session,
  keys: KeyBatch,
  { role, result, mode, protocol, padTo }: Matching,
): Promise<Found> => {
  const { rows, size, duplicates, repeats, peerSize } = await psi(linkOf(session), keys, {
    role,
    result,
    ...(protocol !== undefined && { protocol }),
    ...(padTo !== undefined && { padTo }),
  });
  const { traffic } = session.channel;
  const known = { keys: size, duplicates, peerKeys: peerSize };
  return {
    rows: rows && select(mode, { rows, size, repeats }),
    report: { ...known, ...(rows && { common: rows.length }), traffic },
  };
};

const linkOf = (session: Session) => ({ session, op: session.op('psi'), peer: 1 - session.rank });

/** Where buckets of keys are kept. */
export interface Buckets {
  readonly folder: string;
  /** Rows of a bucket, about. */
  readonly bucketRows: number | undefined;
}

/** What an owner has found out bucket by bucket, to be forgotten once it is written. */
export interface FoundInBuckets extends Found {
  forget(): Promise<void>;
}

/** Matches the keys of a file bucket by bucket. A run that broke off goes on if the folder and the file are the same. */
export const matchBuckets = async (
  session: Session,
  source: KeyFile,
  { role, result, protocol, folder, bucketRows }: Matching & Buckets,
  onProgress: (progress: RowProgress) => void,
): Promise<FoundInBuckets> => {
  const { rows, size, peerSize, duplicates, buckets, resumedAt, forget } = await bucketedPsi(
    await fileSource(source),
    {
      session,
      peer: 1 - session.rank,
      role,
      result,
      folder,
      onProgress,
      ...(protocol !== undefined && { protocol }),
      ...(bucketRows !== undefined && { bucketRows }),
    },
  );
  const known = { keys: size, peerKeys: peerSize, buckets, resumedAt };
  return {
    rows,
    report: {
      ...known,
      // Those of buckets that were done before are not known any more.
      ...(resumedAt === 0 && { duplicates }),
      ...(rows && { common: rows.length }),
      traffic: session.channel.traffic,
    },
    forget,
  };
};
