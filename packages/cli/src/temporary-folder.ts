import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A folder for this user alone, that is gone afterwards: also when the process is told to end. */
export const withTemporaryFolder = async <T>(
  prefix: string,
  act: (folder: string) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  const forget = () => rmSync(folder, { recursive: true, force: true });
  const end = (signal: (typeof signals)[number]) => {
    forget();
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of signals) process.once(signal, end);
  try {
    return await act(folder);
  } finally {
    for (const signal of signals) process.off(signal, end);
    forget();
  }
};
