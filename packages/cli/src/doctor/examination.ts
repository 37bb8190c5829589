/** All checks, in the order in which one thing needs another. */

import type { Ways } from '../way.js';
import { checkClocks, type Reading } from './clock.js';
import { checkData } from './data-folder.js';
import { checkDirectory } from './directory.js';
import { type Finding, skipped } from './finding.js';
import { checkIdentity } from './identity.js';
import { checkListen } from './listen.js';
import { checkPeer } from './peer.js';
import { checkPlatform, platform } from './platform.js';

export interface Examination {
  /** A role's folder. */
  readonly identity: string;
  readonly ways: Ways;
  /** Of a node that runs, or is to run, on this machine. */
  readonly data?: string;
  readonly listen?: string;
  /** Of these packages. */
  readonly version: string;
}

/** Findings as they come; what fails does not end it. */
export const examine = async function* (options: Examination): AsyncGenerator<Finding> {
  const { ways, data, listen, version } = options;
  yield* checkPlatform(platform());
  const { identity, findings } = await checkIdentity(options.identity);
  yield* findings;
  if (listen !== undefined) yield await checkListen(listen, identity);
  if (data !== undefined) yield* await checkData(data, identity);
  const directory = await checkDirectory(ways, identity);
  yield* directory.findings;
  const readings: Reading[] = [...directory.readings];
  const { client } = directory;
  if (client === undefined || identity === undefined) {
    yield skipped('nodes', 'nothing says where they are, or they cannot be asked');
    return yield* checkClocks(readings);
  }
  try {
    for (const rank of [0, 1, 2]) {
      const met = await checkPeer({ rank, identity, client, version });
      yield* met.findings;
      if (met.reading !== undefined) readings.push(met.reading);
    }
  } finally {
    await client.close();
  }
  yield* checkClocks(readings);
};
