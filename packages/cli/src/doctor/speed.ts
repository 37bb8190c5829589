/** How fast the way to a node is. */
import type { Client, NodeStatus } from '@triad/node';
import { failureOf } from '../failure.js';
import { formatBytes, formatSeconds } from '../quantity.js';
import { type Finding, failed, ok, skipped } from './finding.js';

export interface RoundTrip {
  /** The median, in seconds. */
  readonly seconds: number;
  /** Seconds by which the node's clock is ahead of ours, as the fastest answer has it. */
  readonly ahead: number;
}

const questions = 9;
/** The first one lets the connection speed up. */
const loads = [2 ** 20, 2 ** 23, 2 ** 23, 2 ** 23];
/** Seconds for a load after which no more are sent: the way is slow, and known. */
const long = 1.5;

/** Asks a node for its status, again and again over one connection that is open already. */
export const measureRoundTrip = async (client: Client, rank: number): Promise<RoundTrip> => {
  const samples: RoundTrip[] = [];
  for (let i = 0; i < questions; i++) {
    const [asked, start] = [Date.now(), performance.now()];
    const { time } = await client.status(rank);
    const milliseconds = performance.now() - start;
    samples.push({ seconds: milliseconds / 1000, ahead: aheadOf(time, asked + milliseconds / 2) });
  }
  samples.sort((a, b) => a.seconds - b.seconds);
  return { seconds: samples[questions >> 1]!.seconds, ahead: samples[0]!.ahead };
};

const aheadOf = (time: NodeStatus['time'], here: number): number => (time.getTime() - here) / 1000;

export const describeRoundTrip = (check: string, { seconds }: RoundTrip): Finding =>
  ok(check, `${formatSeconds(seconds)}, the median of ${questions}`, {
    milliseconds: Number((seconds * 1000).toFixed(3)),
  });

/** Sends large bodies to a node, then gets them from it. */
export const checkBandwidth = async (
  check: string,
  client: Client,
  rank: number,
  { seconds: roundTrip }: RoundTrip,
): Promise<Finding> => {
  try {
    const up = await rate((bytes) => client.echo(rank, { send: bytes, receive: 0 }), roundTrip);
    const down = await rate((bytes) => client.echo(rank, { send: 0, receive: bytes }), roundTrip);
    const what = `${formatBytes(up)}/s to it, ${formatBytes(down)}/s from it`;
    return ok(check, what, { upBytesPerSecond: Math.round(up), downBytesPerSecond: Math.round(down) });
  } catch (error) {
    const { code, what, remedy } = failureOf(error);
    if (code === 'limit') return skipped(check, `${what}, wait a minute`);
    return failed(check, {
      what: `small messages arrive, large ones do not: ${what}`,
      remedy: remedy ?? 'look for firewalls, proxies and tunnels that drop large packets',
    });
  }
};

/** Bytes a second, at best. */
const rate = async (move: (bytes: number) => Promise<void>, roundTrip: number): Promise<number> => {
  let best = 0;
  for (const bytes of loads) {
    const start = performance.now();
    await move(bytes);
    const seconds = (performance.now() - start) / 1000;
    best = Math.max(best, bytes / Math.max(seconds - roundTrip, seconds / 10));
    if (seconds > long) break;
  }
  return best;
};
