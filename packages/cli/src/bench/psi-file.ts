import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSession } from '@triad/protocol';
import { bucketedPsi } from '../align/bucketed.js';
import { keySource } from '../align/key-source.js';
import { writeRows } from '../align/write-rows.js';
import { bounded, type PartyCase } from './case.js';
import { barrier } from './direct.js';
import { keyOf, reference } from './psi.js';

const keyBytes = 17;

/** Two owners' lists of keys, from a file each to a file each of the common ones, by buckets. */
export const psiFileCase = (log2: number): PartyCase => {
  const count = 2 ** log2;
  const name = `psi-${log2}`;
  return {
    name,
    size: `2 x 2^${log2} keys, files`,
    parties: 2,
    rounds: 6 + 6 * 2 ** Math.max(log2 - 20, 0),
    warmUp: 0,
    reference: reference(2 ** 20, count / 2 ** 20),
    open: async (role, network) => {
      const folder = await mkdtemp(join(tmpdir(), 'triad-psi-'));
      const [file, out] = [join(folder, 'keys.txt'), join(folder, 'common.txt')];
      await writeKeys(file, role, count);
      const session = await openSession(await network.join(role, { benchmark: name }), { parties: 2 });
      return {
        barrier: (n) => barrier(session, n),
        run: async (n) => {
          const { rows, forget } = await bucketedPsi(await keySource({ file }), {
            session,
            peer: 1 - role,
            name: `psi/${n}`,
            folder: join(folder, 'state'),
            role: role === 0 ? 'receiver' : 'sender',
            result: 'both',
          });
          await writeRows(file, rows!, out);
          await forget();
        },
        verify: async () => {
          const common = (await stat(out)).size / keyBytes;
          return { wrong: bounded('the number of wrong rows', Math.abs(common - count / 2), 1) };
        },
        close: async () => {
          await session.close();
          await rm(folder, { recursive: true });
        },
      };
    },
  };
};

const writeKeys = async (path: string, owner: number, count: number): Promise<void> => {
  const file = createWriteStream(path);
  for (let i = 0; i < count; i += 8192) {
    const lines = Array.from({ length: Math.min(8192, count - i) }, (_, k) => `${keyOf(owner, i + k)}\n`);
    if (!file.write(lines.join(''))) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
};
