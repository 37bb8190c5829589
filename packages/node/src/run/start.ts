/** Where the three nodes of a job go on from: the newest checkpoint that all of them have. */
import { createHash, randomBytes } from 'node:crypto';
import { type Channel, namedAddress, type Rank, TriadError } from '@triad/protocol';
import { z } from 'zod';

/** What one node has of a job. */
export interface Progress {
  /** Units before which it has a checkpoint; the start is none of them. */
  readonly units: readonly number[];
  /** Names its results, when all of them are on disk; otherwise empty. */
  readonly result: string;
  /** Units from one checkpoint to the next, as its operator wants it. */
  readonly every: number;
  /** Hash of the last entry of its audit log. */
  readonly head: string;
}

export interface Start {
  /** The first unit to do. */
  readonly unit: number;
  /** 32 hexadecimal digits, fresh and the same at all nodes: names the results of this attempt. */
  readonly id: string;
  /** Everybody has all results, of one attempt. */
  readonly complete: boolean;
  /** Units from one checkpoint to the next: as often as anybody wants. */
  readonly every: number;
  /** Hashes of the last entries of the others' audit logs, by rank. */
  readonly heads: Readonly<Record<string, string>>;
}

const message = z.strictObject({
  units: z.array(z.number().int().min(0)).max(64),
  result: z.string().regex(/^(?:[0-9a-f]{32})?$/),
  every: z.number().int().min(1),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  /** Milliseconds since 1970, by the sender's clock. */
  now: z.number().int().min(0),
  head: z.string().regex(/^[0-9a-f]{64}$/),
});
type Message = z.infer<typeof message>;
const maxBytes = 2 ** 12;
/** Milliseconds that clocks may be apart: grants and certificates hold for a time. */
const maxSkew = 5 * 60 * 1000;

const here = namedAddress('triad/node/start');
const over = namedAddress('triad/node/over');

/**
 * Tells the others what this node has, and finds what all have. Throws `bad-message` for what is no such message, `mismatch` for a clock
 * that is far from the others'.
 */
export const agreeOnStart = async (
  channel: Channel,
  { units, ...rest }: Progress,
  now: number,
): Promise<Start> => {
  const own = { units: [...units], ...rest, nonce: randomBytes(16).toString('hex'), now };
  for (const peer of channel.peers) channel.send(peer, here, Buffer.from(JSON.stringify(own)));
  const others = await Promise.all(
    channel.peers.map(async (peer) => [peer, read(await channel.recv(peer, here), peer)] as const),
  );
  const all = new Map([[channel.rank, own] as const, ...others]);
  checkClocks(all);
  const common = own.units.filter((unit) => [...all.values()].every((each) => each.units.includes(unit)));
  const nonces = [...all].sort(([a], [b]) => a - b).map(([, { nonce }]) => nonce);
  return {
    unit: Math.max(0, ...common),
    id: createHash('sha256').update(nonces.join('/')).digest('hex').slice(0, 32),
    complete: own.result !== '' && [...all.values()].every(({ result }) => result === own.result),
    every: Math.min(...[...all.values()].map(({ every }) => every)),
    heads: Object.fromEntries(others.map(([party, each]) => [party, each.head])),
  };
};

/** Throws naming the clock that is far from both others. */
const checkClocks = (all: ReadonlyMap<Rank, Message>): void => {
  const sorted = [...all].sort(([, a], [, b]) => a.now - b.now);
  const median = sorted[Math.floor(sorted.length / 2)]![1].now;
  for (const [party, { now }] of sorted) {
    if (Math.abs(now - median) <= maxSkew) continue;
    const minutes = Math.round(Math.abs(now - median) / 60_000);
    const what = `the clock of node ${party} is ${minutes} minutes ${now < median ? 'behind' : 'ahead of'} the others`;
    throw new TriadError('mismatch', what, { party, remedy: 'set it, best by NTP, then resume the job' });
  }
};

const read = (bytes: Uint8Array, party: number): Message => {
  try {
    if (bytes.length <= maxBytes) return message.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch {
    // Told below.
  }
  throw new TriadError('bad-message', `party ${party} does not say where it stands`, {
    party,
    remedy: 'run the same version at all nodes',
  });
};

/** Tells the others that this node has all of its results, and waits until they have theirs. */
export const agreeOnEnd = async (channel: Channel): Promise<void> => {
  for (const peer of channel.peers) channel.send(peer, over, Uint8Array.of(1));
  await Promise.all(channel.peers.map((peer) => channel.recv(peer, over)));
};
