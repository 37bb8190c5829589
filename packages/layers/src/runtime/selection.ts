import { type Cost, formatAddress, type Op, type Rank, type Session, TriadError } from '@triad/protocol';

/** Which rows of a shared value; only their owner has them. */
export interface RowSelection {
  readonly owner: Rank;
  /** Of the source; ascending or not. */
  readonly rows?: readonly number[];
  /** Rows that there are: from `start` up to, not including, `end`. */
  readonly start: number;
  readonly end: number;
}

const wordBytes = 4;

/** Where the parts of a selection travel. */
const parts = (op: Op) => ({ count: op.at(0), rows: op.at(1), agreement: op.at(2), forwarded: op.at(3) });

const computing = ({ parties, rank }: Session): Rank[] =>
  Array.from({ length: parties }, (_, r) => r).filter((r) => r !== rank);

/** The owner tells the computing parties which rows. */
export const tellRows = (session: Session, op: Op, rows: readonly number[]): void => {
  const at = parts(op);
  for (const party of computing(session)) {
    at.count.send(party, words([rows.length]));
    at.rows.send(party, words(rows));
  }
};

/** A computing party's rows: its own, or what the owner says, if all computing parties were told the same. */
export const learnRows = async (session: Session, op: Op, selection: RowSelection): Promise<number[]> => {
  const { owner } = selection;
  const rows =
    owner === session.rank ? [...selection.rows!] : await receiveRows(op, selection, selection.owner);
  if (owner === session.rank) tellRows(session, op, rows);
  await session.agree(parts(op).agreement, 'which rows to select', rows.join(','));
  if (session.rank === 0) forwardCount(session, op, { owner, count: rows.length });
  return rows;
};

/** How many rows, for an outside party that does not own them. */
export const learnCount = async (op: Op, { start, end }: RowSelection): Promise<number> => {
  const { forwarded } = parts(op);
  const [count] = unpack(await forwarded.recv(0, wordBytes));
  if (count === 0 || count! > end - start) throw strange(forwarded, 0, `${count} rows of ${end - start}`);
  return count!;
};

/** Bytes of a digest that computing parties compare. */
const digestBytes = 32;

/** What it costs the computing parties; an outside party is told how many rows by the first of them, in 4 bytes. */
export const selectionCost = (parties: number, owner: Rank, rows: number): Cost => ({
  rounds: 2,
  bytes: Array.from(
    { length: parties },
    (_, rank) => (parties - 1) * (digestBytes + (rank === owner ? wordBytes * (rows + 1) : 0)),
  ),
});

const receiveRows = async (op: Op, { start, end }: RowSelection, owner: Rank): Promise<number[]> => {
  const at = parts(op);
  const [count] = unpack(await at.count.recv(owner, wordBytes));
  if (count === 0 || count! > end - start) throw strange(at.count, owner, `${count} rows of ${end - start}`);
  const rows = unpack(await at.rows.recv(owner, wordBytes * count!));
  const outside = rows.find((row) => row < start || row >= end);
  if (outside !== undefined)
    throw strange(at.rows, owner, `row ${outside}, which is not from ${start} to ${end - 1}`);
  return rows;
};

/** Outside parties have no links among themselves. */
const forwardCount = (
  { channel, parties }: Session,
  op: Op,
  { owner, count }: { readonly owner: Rank; readonly count: number },
): void => {
  const others = channel.peers.filter((peer) => peer >= parties && peer !== owner);
  for (const peer of others) parts(op).forwarded.send(peer, words([count]));
};

const words = (values: readonly number[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(wordBytes * values.length));
  for (const [i, value] of values.entries()) view.setUint32(wordBytes * i, value, true);
  return new Uint8Array(view.buffer);
};

const unpack = (bytes: Uint8Array): number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / wordBytes }, (_, i) => view.getUint32(wordBytes * i, true));
};

const strange = (op: Op, party: Rank, what: string): TriadError =>
  new TriadError('bad-message', `party ${party} selects ${what}`, {
    party,
    op: formatAddress(op.address),
    remedy: 'check that it runs the same program, on the same shared values',
  });
