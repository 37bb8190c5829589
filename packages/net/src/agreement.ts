import type { Agreement, Rank } from '@triad/protocol';

/** What one party says before the first op. */
export interface Terms {
  readonly rank: Rank;
  /** Of the wire format. */
  readonly version: number;
  readonly parties: number;
  readonly outside: readonly string[];
  readonly agreement: Agreement;
}

type Value = string | number;

/** The remedy for a difference. */
export const alike = 'start all parties with the same program, options and version';

/** The first key on which two parties differ, in the same words on both sides; undefined if they agree. */
export const difference = (a: Terms, b: Terms): string | undefined => {
  const [first, second] = [table(a), table(b)];
  for (const key of [...first.keys(), ...second.keys()]) {
    const found = differs(key, { value: first.get(key), by: a.rank }, { value: second.get(key), by: b.rank });
    if (found !== undefined) return found;
  }
  return undefined;
};

const table = ({ version, parties, outside, agreement }: Terms): ReadonlyMap<string, Value> =>
  new Map<string, Value>([
    ['wire version', version],
    ['parties', parties],
    ['outside parties', outside.join(', ')],
    ...Object.entries(agreement),
  ]);

interface Said {
  readonly value: Value | undefined;
  readonly by: Rank;
}

/** `key differs: 1 at party 0, 2 at party 1`, the lower rank first. */
export const differs = (key: string, ...said: readonly [Said, Said]): string | undefined => {
  if (said[0].value === said[1].value) return undefined;
  const show = ({ value, by }: Said) =>
    `${value === undefined ? 'nothing' : JSON.stringify(value)} at party ${by}`;
  const sides = said.toSorted((a, b) => a.by - b.by);
  return `${key} differs: ${sides.map(show).join(', ')}`;
};
