import type { Channel, Network } from '@triad/protocol';
import type { Measures, PartyCase } from './case.js';

/** What one party's process measured. */
export interface PartyReport {
  /** Of every run, from the barrier to this party's end of it. */
  readonly seconds: readonly number[];
  /** Payload bytes this party sent in one run. */
  readonly bytes: number;
  readonly peakRssMB: number;
  readonly measures?: Measures;
}

/** Runs a benchmark as one of its parties. */
export const benchParty = async (
  { open, warmUp }: PartyCase,
  role: number,
  network: Network,
  runs: number,
): Promise<PartyReport> => {
  const { counted, sent } = countBytes(network);
  const runner = await open(role, counted);
  const seconds: number[] = [];
  let bytes = 0;
  for (let n = 0; n < warmUp + runs; n++) {
    await runner.barrier(n);
    const before = sent();
    const start = performance.now();
    await runner.run(n);
    if (n < warmUp) continue;
    seconds.push((performance.now() - start) / 1000);
    bytes = sent() - before;
  }
  const measures = await runner.verify?.();
  await runner.close();
  const peakRssMB = Math.round(process.resourceUsage().maxRSS / 1024);
  return { seconds, bytes, peakRssMB, ...(measures && { measures }) };
};

const countBytes = (network: Network) => {
  let channel: Channel | undefined;
  const join: Network['join'] = async (role, agreement) => {
    channel = await network.join(role, agreement);
    return channel;
  };
  return { counted: { ...network, join }, sent: () => channel?.traffic.sent.bytes ?? 0 };
};
