/** What the packages need of the machine and of Node. */
import { formatBytes } from '../quantity.js';
import { type Finding, failed, ok, warning } from './finding.js';

export interface Platform {
  /** `20.19.0`. */
  readonly node: string;
  /** Whether WebAssembly has vectors of 128 bits. */
  readonly simd: boolean;
  /** Bytes that a process may still take. */
  readonly memory: number;
}

const oldest = '20.19.0';
const lowMemory = 512e6;

/** A module whose only function makes a vector: it is valid where there are vectors. */
const vectors = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** The platform this process runs on. */
export const platform = (): Platform => ({
  node: process.versions.node,
  simd: typeof WebAssembly === 'object' && WebAssembly.validate(vectors),
  memory: process.availableMemory(),
});

export const checkPlatform = ({ node, simd, memory }: Platform): Finding[] => [
  isBefore(node, oldest)
    ? failed('platform: Node', {
        what: `Node ${node}`,
        remedy: `install Node ${oldest} or newer`,
        values: { version: node },
      })
    : ok('platform: Node', `Node ${node}`, { version: node }),
  simd
    ? ok('platform: SIMD', 'WebAssembly has vectors', { simd })
    : failed('platform: SIMD', {
        what: 'WebAssembly has no vectors',
        remedy: 'use a processor with SSE4.1 or NEON, and Node without --jitless',
        values: { simd },
      }),
  checkMemory(memory),
];

const checkMemory = (memory: number): Finding => {
  const what = `${formatBytes(memory)} available`;
  const values = { bytes: memory };
  if (memory >= lowMemory) return ok('platform: memory', what, values);
  const remedy = `end other programs, or give this machine more: jobs are made for ${formatBytes(lowMemory)} and more`;
  return warning('platform: memory', { what, remedy, values });
};

const isBefore = (version: string, other: string): boolean => {
  const [a, b] = [version, other].map((text) => text.split('.').map(Number));
  const i = a!.findIndex((part, at) => part !== b![at]);
  return i >= 0 && a![i]! < b![i]!;
};
