/** The log of who sent, ran and got what: each entry holds the hash of the one before. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fileError } from '@triad/data';
import { canonicalJson } from '@triad/layers';
import { TriadError } from '@triad/protocol';

/** What happened. Names, ids and hashes; never a value, a share or a key. */
export interface AuditEvent {
  readonly kind:
    | 'started'
    | 'stored'
    | 'removed'
    | 'granted'
    | 'withdrawn'
    | 'submitted'
    | 'cancelled'
    | 'resumed'
    | 'met'
    | 'finished'
    | 'failed'
    | 'collected'
    | 'refused';
  /** The role that asked for it. */
  readonly who: string;
  readonly set?: string;
  readonly job?: string;
  readonly work?: string;
  /** What it revealed or would have. */
  readonly exposures?: readonly string[];
  readonly reason?: string;
  /** The node that said so, of what happened elsewhere. */
  readonly from?: number;
  /** Hashes of the last entries of the other nodes' logs, by rank: what they cannot change any more without being found out. */
  readonly heads?: Readonly<Record<string, string>>;
}

export interface AuditEntry extends AuditEvent {
  readonly number: number;
  /** UTC, as an ISO date. */
  readonly time: string;
  /** Hash of the entry before; of the first: zeros. */
  readonly before: string;
  /** SHA-256 of the canonical JSON of the rest. */
  readonly hash: string;
}

const origin = '0'.repeat(64);

export interface AuditLog {
  /** Hash of the last entry. */
  readonly head: string;
  /** Resolves when the entry is on disk. */
  append(event: AuditEvent): Promise<void>;
  close(): Promise<void>;
}

/** Opens a log and checks all of it. Throws `mismatch`, naming the line, if it was changed. */
export const auditLog = async (path: string, now: () => Date = () => new Date()): Promise<AuditLog> => {
  const file = await open(path, 'a+', 0o600);
  const last = await verifyAudit(path).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  await file.truncate(last.bytes);
  let { number, hash: before, bytes } = last;
  let tail: Promise<void> = Promise.resolve();
  return {
    get head() {
      return before;
    },
    append: (event) => {
      const time = now().toISOString();
      const write = async () => {
        const rest = { ...event, number, time, before };
        const hash = hashOf(rest);
        bytes += await writeLine(file, { ...rest, hash }, bytes);
        number++;
        before = hash;
      };
      const written = tail.then(write);
      tail = written.catch(() => {});
      return written;
    },
    close: async () => {
      await tail;
      await file.close();
    },
  };
};

/** Bytes of the line, which is on disk then, or no part of it is. */
const writeLine = async (file: FileHandle, entry: AuditEntry, end: number): Promise<number> => {
  const line = Buffer.from(`${JSON.stringify(entry)}\n`);
  try {
    await file.appendFile(line);
    await file.datasync();
  } catch (error) {
    await file.truncate(end).catch(() => {});
    throw fileError(error, 'the audit log cannot be written', 'look at the data directory of the node');
  }
  return line.length;
};

const hashOf = (entry: Omit<AuditEntry, 'hash'>): string =>
  createHash('sha256').update(canonicalJson(entry)).digest('hex');

/** The end of a log that is whole. */
export interface AuditState {
  /** Of entries. */
  readonly number: number;
  /** Of the last one. */
  readonly hash: string;
  /** What whole lines take; a last line without an end was being written when the process died. */
  readonly bytes: number;
}

/** Reads a log from its start. Throws `mismatch`, naming the line, where an entry was changed, removed or put in, `bad-argument` for another file. */
export const verifyAudit = async (path: string): Promise<AuditState> => {
  let [number, hash, bytes] = [0, origin, 0];
  for await (const line of wholeLines(path)) {
    const entry = parse(line);
    if (
      entry === undefined ||
      entry.before !== hash ||
      entry.number !== number ||
      entry.hash !== hashed(entry)
    ) {
      if (number === 0 && entry?.hash === undefined) throw noLog(path);
      throw new TriadError('mismatch', `the audit log ${path} was changed at line ${number + 1}`, {
        remedy: 'find out by whom; keep it, and start with a new data directory',
      });
    }
    [number, hash] = [number + 1, entry.hash];
    bytes += Buffer.byteLength(line) + 1;
  }
  return { number, hash, bytes };
};

const noLog = (path: string): TriadError =>
  new TriadError('bad-argument', `${path} is no audit log`, {
    remedy: 'name the audit.log of a data directory',
  });

const hashed = ({ hash, ...rest }: AuditEntry): string => hashOf(rest);

const parse = (line: string): AuditEntry | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as AuditEntry) : undefined;
  } catch {
    return undefined;
  }
};

const lineBreak = 0x0a;

/** Lines that end in a line break; no other character ends one. */
async function* wholeLines(path: string): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(lineBreak); end >= 0; end = rest.indexOf(lineBreak, start)) {
      yield rest.toString('utf8', start, end);
      start = end + 1;
    }
    rest = rest.subarray(start);
  }
}
