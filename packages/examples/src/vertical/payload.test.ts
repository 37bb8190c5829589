import { aby3 } from '@triad/aby3';
import { inMemory } from '@triad/net';
import { openSession, plain, type Scheme } from '@triad/protocol';
import { describe, expect, it } from 'vitest';
import { everywhere } from '../fixture/in-process.js';
import { compare } from '../house-price/compare.js';
import { outside } from '../house-price/model.js';
import { train } from '../house-price/party.js';
import { joined, keysOf } from './districts.js';
import { match, owners } from './match.js';
import { shareMatched } from './share.js';

const options = { epochs: 3, batch: 32 };

const matched = async () => {
  const network = inMemory({ parties: 2 });
  const [city, agency] = await Promise.all(
    owners.map(async (_, rank) => match(await openSession(await network.join(rank, {}), { parties: 2 }))),
  );
  return { city: city!, agency: agency! };
};

const common = (): number => {
  const theirs = new Set(keysOf('agency'));
  return keysOf('city').filter((key) => theirs.has(key)).length;
};

describe('the owners', () => {
  it('know districts that partly differ, in other orders', () => {
    const [city, agency] = owners.map(keysOf) as [string[], string[]];
    expect(common()).toBeGreaterThan(380);
    expect(common()).toBeLessThan(Math.min(city.length, agency.length) - 30);
    const both = new Set(agency);
    const order = (keys: readonly string[], others: ReadonlySet<string>) =>
      keys.filter((key) => others.has(key));
    expect(order(city, both)).not.toEqual(order(agency, new Set(city)));
  });

  it('find the common ones; the agency does not learn which they are', async () => {
    const { city, agency } = await matched();
    expect(city.rows).toHaveLength(common());
    expect(agency.rows).toBeUndefined();
    expect(agency.slots).toBeUndefined();
  });
});

describe.each([
  ['plain', plain(3)],
  ['aby3', aby3()],
] as [string, Scheme<unknown>][])('training on matched rows, on %s', (_, scheme) => {
  it('follows the float twin on the joined table, and only the analyst learns anything', async () => {
    const found: Readonly<Record<string, Awaited<ReturnType<typeof match>>>> = await matched();
    const outcomes = await everywhere(scheme, outside, async (exe, role) =>
      train(exe, await shareMatched(exe, found[role]), options, () => {}),
    );
    expect(outcomes.slice(0, 5)).toEqual(Array(5).fill(undefined));
    const { ok, lossErrors, r2Error, twin } = compare(outcomes[5]!, options, joined());
    expect({ ok, lossErrors, r2Error }).toMatchObject({ ok: true });
    expect(outcomes[5]!.predictions).toHaveLength(twin.predictions.length);
    for (const [i, prediction] of outcomes[5]!.predictions.entries())
      expect(Math.abs(prediction - twin.predictions[i]!)).toBeLessThan(0.02);
  });
});
