import { formatAddress, type Op, type Rank, TriadError } from '@triad/protocol';

/** What one side says of its folder. */
export interface Offer {
  /** The run whose buckets are filled: 32 hexadecimal digits; undefined where none are. */
  readonly id: string | undefined;
  /** Buckets of it that are done. */
  readonly done: number;
  /** Rows this side has, about. */
  readonly estimate: number;
}

/** What both sides do. */
export interface Plan {
  /** The first bucket that is not done on both sides; undefined for a new run. */
  readonly from: number | undefined;
  /** Rows of the larger side, about. */
  readonly estimate: number;
}

const idBytes = 16;
const offerBytes = idBytes + 8;
const maxRows = 2 ** 32 - 2;

/** Both sides' offers make a plan. Throws `mismatch` when buckets are done that the other side knows nothing of. */
export const planRun = async (op: Op, peer: Rank, mine: Offer): Promise<Plan> => {
  op.send(peer, encodeOffer(mine));
  const theirs = decodeOffer(await op.recv(peer, offerBytes));
  const estimate = Math.max(mine.estimate, theirs.estimate);
  if (mine.id !== undefined && mine.id === theirs.id)
    return { from: Math.min(mine.done, theirs.done), estimate };
  if (mine.done === 0 && theirs.done === 0) return { from: undefined, estimate };
  const which = mine.done > 0 ? 'this side has' : 'the other side has';
  throw new TriadError('mismatch', `${which} buckets done of a run that the other one does not know`, {
    party: peer,
    op: formatAddress(op.address),
    remedy: 'name the folders of the same run at both sides, or remove both to start anew',
  });
};

/** Both sides' numbers of rows. */
export const exchangeRows = async (op: Op, peer: Rank, rows: number): Promise<number> => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, rows, true);
  op.send(peer, bytes);
  const theirs = await op.recv(peer, 4);
  return new DataView(theirs.buffer, theirs.byteOffset).getUint32(0, true);
};

const encodeOffer = ({ id, done, estimate }: Offer): Uint8Array => {
  const bytes = new Uint8Array(offerBytes);
  if (id !== undefined) bytes.set(Buffer.from(id, 'hex'));
  const view = new DataView(bytes.buffer);
  view.setUint32(idBytes, done, true);
  view.setUint32(idBytes + 4, Math.min(estimate, maxRows), true);
  return bytes;
};

const decodeOffer = (bytes: Uint8Array): Offer => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const id = Buffer.from(bytes.subarray(0, idBytes)).toString('hex');
  return {
    id: /^0*$/.test(id) ? undefined : id,
    done: view.getUint32(idBytes, true),
    estimate: view.getUint32(idBytes + 4, true),
  };
};
