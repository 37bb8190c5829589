import { manyPsi, psi } from '@triad/ot-psi';
import { openSession, type Session } from '@triad/protocol';
import { bounded, type PartyCase, timed } from './case.js';
import { barrier } from './direct.js';

/** A key of 16 characters: those of even rows are common to all owners. */
export const keyOf = (owner: number, row: number): string => {
  const of = row % 2 === 0 ? 'c' : String(owner);
  return `${of}-${String((row * 7919) % 1_000_000_007).padStart(14, '0')}`;
};

const keysOf = (owner: number, count: number): string[] =>
  Array.from({ length: count }, (_, row) => keyOf(owner, row));

/** An intersection of two sets in the open, so many times. */
export const reference =
  (count: number, times = 1): PartyCase['reference'] =>
  async () => {
    const [x, y] = [keysOf(0, count), keysOf(1, count)];
    const seconds = timed(5, () => {
      const theirs = new Set(y);
      x.filter((key) => theirs.has(key));
    });
    const each = times === 1 ? '' : `, ${times} times ${count}`;
    return { name: `the intersection in the open, a Set of strings${each}`, seconds: seconds * times };
  };

interface Size {
  readonly owners: number;
  readonly log2: number;
  readonly rounds: number;
}

/** One intersection, base OTs and hashing included; the result goes to party 0 alone. */
const intersection = (
  name: string,
  { owners, log2, rounds }: Size,
  intersect: (session: Session, keys: readonly string[], run: number) => Promise<Uint32Array | undefined>,
): PartyCase => {
  const count = 2 ** log2;
  return {
    name,
    size: `${owners} x 2^${log2} keys`,
    parties: owners,
    rounds,
    warmUp: log2 < 18 ? 5 : 2,
    reference: reference(count),
    open: async (role, network) => {
      const session = await openSession(await network.join(role, { benchmark: name }), { parties: owners });
      const keys = keysOf(role, count);
      let common: Uint32Array | undefined;
      return {
        barrier: (n) => barrier(session, n),
        run: async (n) => {
          common = await intersect(session, keys, n);
        },
        verify: async () => common && { wrong: bounded('the number of wrong rows', wrong(common, count), 1) },
        close: () => session.close(),
      };
    },
  };
};

/** Common are the rows of even numbers. */
const wrong = (rows: Uint32Array, count: number): number => {
  const right = new Set(rows);
  const missing = Array.from({ length: count / 2 }, (_, i) => 2 * i).filter((row) => !right.has(row)).length;
  return missing + Math.abs(right.size - count / 2) + rows.length - right.size;
};

/** Two owners; few keys take KKRT16. */
export const psiCase = (log2: number): PartyCase =>
  intersection(`psi-${log2}`, { owners: 2, log2, rounds: log2 > 12 ? 7 : 6 }, async (session, keys, n) => {
    const link = { session, op: session.op('bench/psi', n), peer: 1 - session.rank };
    return (await psi(link, keys, { role: session.rank === 0 ? 'receiver' : 'sender' })).rows;
  });

/** More than two. */
export const manyPsiCase = (owners: number, log2: number): PartyCase =>
  intersection(`psi-${owners}x${log2}`, { owners, log2, rounds: 6 }, async (session, keys, n) => {
    return (await manyPsi(session, session.op('bench/psi', n), keys)).rows;
  });
