import { measureRounds } from '@triad/net/bench';
import { median, type Result } from './case.js';
import { nativeMatmul, ringMatmul } from './native-matmul.js';

const extents = [512, 512, 512] as const;

/** The product of ring alone, beside gcc's. */
export const ringMatmulResult = async (runs: number): Promise<Result> => {
  const reference = await nativeMatmul(extents);
  const samples = ringMatmul(extents, runs);
  const seconds = median(samples);
  return {
    name: 'ring-matmul-512',
    size: extents.join('x'),
    parties: 1,
    threads: 1,
    link: 'none',
    seconds,
    min: Math.min(...samples),
    max: Math.max(...samples),
    runs,
    rounds: 0,
    bytesPerParty: [0],
    peakRssMB: Math.round(process.resourceUsage().maxRSS / 1024),
    reference,
    ratio: seconds / reference.seconds,
  };
};

const roundBytes = 64;
const rounds = 1000;

/** Dependent rounds in a ring of three processes, beside the same over bare sockets. */
export const roundsResult = async (link: 'plain' | 'tls', runs: number): Promise<Result> => {
  const transport = link === 'tls' ? 'wss' : 'ws';
  const repeats = Math.max(runs, 41);
  const measured = await measureRounds({
    transports: ['tcp', transport],
    rounds,
    bytes: roundBytes,
    repeats,
  });
  const seconds = (kind: 'tcp' | 'ws' | 'wss') => measured[kind]!.map((us) => (us * rounds) / 1e6);
  const ours = seconds(transport);
  const tcp = median(seconds('tcp'));
  return {
    name: 'rounds',
    size: `${rounds} rounds of ${roundBytes} bytes`,
    parties: 3,
    threads: 1,
    link,
    seconds: median(ours),
    min: Math.min(...ours),
    max: Math.max(...ours),
    runs: repeats,
    rounds,
    bytesPerParty: [0, 1, 2].map(() => rounds * roundBytes),
    peakRssMB: 0,
    reference: { name: 'the same ring over bare TCP sockets', seconds: tcp },
    ratio: median(ours) / tcp,
  };
};
