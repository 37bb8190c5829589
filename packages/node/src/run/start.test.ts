import { local } from '@triad/protocol';
import { describe, expect, it } from 'vitest';
import { agreeOnStart } from './start.js';

const hour = 60 * 60 * 1000;

/** What each of three nodes makes of what they tell each other. */
const meet = (
  units: readonly (readonly number[])[],
  clocks: readonly number[],
  results: readonly string[] = ['', '', ''],
) => {
  const { channels } = local(3);
  return Promise.allSettled(
    channels.map((channel, i) =>
      agreeOnStart(
        channel,
        { units: units[i]!, result: results[i]!, every: 50 - i, head: String(i).repeat(64) },
        1e12 + clocks[i]!,
      ),
    ),
  );
};

describe('three nodes', () => {
  it('go on from the newest checkpoint that all have, under one fresh name', async () => {
    const found = await meet(
      [
        [50, 100],
        [50, 100],
        [0, 50],
      ],
      [0, 1000, -2000],
    );
    const starts = found.map((each) => (each.status === 'fulfilled' ? each.value : undefined));
    const heads = [0, 1, 2].map((i) => String(i).repeat(64));
    expect(starts[0]).toMatchObject({ unit: 50, complete: false, heads: { 1: heads[1], 2: heads[2] } });
    expect(starts[2]).toMatchObject({ unit: 50, complete: false, heads: { 0: heads[0], 1: heads[1] } });
    expect(starts.map((each) => each!.every)).toEqual([48, 48, 48]);
    expect(new Set(starts.map((each) => each!.id)).size).toBe(1);
    expect(
      (await meet([[1], [2], [3]], [0, 0, 0])).map((each) => each.status === 'fulfilled' && each.value.unit),
    ).toEqual([0, 0, 0]);
  });

  it.each([
    [['a', 'a', 'a'], true],
    [['a', 'b', 'a'], false],
    [['a', '', 'a'], false],
    [['', '', ''], false],
  ])('have all results when these are of one attempt: %j', async (names, complete) => {
    const found = await meet(
      [[], [], []],
      [0, 0, 0],
      names.map((name) => name.repeat(32)),
    );
    for (const each of found) expect(each).toMatchObject({ status: 'fulfilled', value: { complete } });
  });

  it.each([
    [[0, hour, 0], 1, 'ahead of'],
    [[-hour, 0, 1000], 0, 'behind'],
    [[3 * hour, 3 * hour, 2 * hour], 2, 'behind'],
  ])('do not start with clocks of %j, and name the odd one', async (clocks, party, side) => {
    for (const each of await meet([[], [], []], clocks))
      expect(each).toMatchObject({
        status: 'rejected',
        reason: {
          code: 'mismatch',
          party,
          message: expect.stringContaining(`the clock of node ${party} is 60 minutes ${side}`),
          remedy: expect.stringMatching(/NTP/),
        },
      });
  });
});
