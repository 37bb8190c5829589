import { type Op, type Session, TriadError } from '@triad/protocol';
import { align } from './align.js';

/** Columns of a one-hot encoding that all owners use alike. */
export interface OneHotMap {
  /** Columns in all. */
  readonly width: number;
  /** Of each own category the column, from 0 on. */
  readonly columns: ReadonlyMap<string, number>;
}

/**
 * Columns for the categories of all owners, the computing parties of a session: first those that all have, in an order that says nothing,
 * then every owner's others, owner by owner. Owners learn which of their categories all others have, and how many others there are; a
 * category that some owners share, but not all, has a column for each of them. Throws `bad-argument` for a category named twice.
 */
export const oneHotMap = async (
  session: Session,
  op: Op,
  categories: readonly string[],
): Promise<OneHotMap> => {
  const { rows } = await align(session, op, categories);
  const common = [...rows].map((row) => categories[row]!);
  const inAll = new Set(common);
  const others = categories.filter((category) => !inAll.has(category));
  const counts = await exchangeCounts(session, op.at(countsAt), others.length);
  const before = counts.slice(0, session.rank).reduce((sum, count) => sum + count, common.length);
  return {
    width: counts.reduce((sum, count) => sum + count, common.length),
    columns: new Map([
      ...common.map((category, i) => [category, i] as const),
      ...others.map((category, i) => [category, before + i] as const),
    ]),
  };
};

/** A sub-address that alignment does not use. */
const countsAt = 62;

/** How many categories of its own each owner has. */
const exchangeCounts = async (session: Session, op: Op, mine: number): Promise<number[]> => {
  const ranks = Array.from({ length: session.parties }, (_, rank) => rank);
  for (const rank of ranks) if (rank !== session.rank) op.send(rank, encoded(mine));
  const counts = ranks.map(async (rank) =>
    rank === session.rank ? mine : decoded(await op.recv(rank, 4), rank),
  );
  return Promise.all(counts);
};

const encoded = (count: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, count, true);
  return bytes;
};

/** More columns would not fit into any model. */
const maxCategories = 2 ** 24;

const decoded = (bytes: Uint8Array, party: number): number => {
  const count = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (count <= maxCategories) return count;
  throw new TriadError('bad-message', `party ${party} has ${count} categories`, {
    party,
    remedy: 'check that it runs the same version',
  });
};
