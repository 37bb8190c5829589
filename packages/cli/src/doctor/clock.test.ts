import { describe, expect, it } from 'vitest';
import { checkClocks } from './clock.js';
import { found, outcomes } from './fixture/folder.js';

const redis = (ahead: number) => ({ of: 'Redis', ahead, aside: true });
const node = (rank: number, ahead: number) => ({ of: `node ${rank}`, ahead });

describe('clocks', () => {
  it('may differ a little', () => {
    const findings = checkClocks([redis(0.1), node(0, -4), node(1, 4)]);
    expect(outcomes(findings)).toEqual({
      'clock: Redis': 'ok',
      'clock: node 0': 'ok',
      'clock: node 1': 'ok',
    });
    expect(found(findings, 'clock: Redis').what).toBe("100 ms ahead of this machine's");
  });

  it.each([
    [6, 'warning'],
    [-59, 'warning'],
    [61, 'failed'],
    [-3600, 'failed'],
  ])('that differ by %d s are %s', (ahead, outcome) => {
    const findings = checkClocks([redis(0), node(0, 0), node(1, ahead)]);
    expect(found(findings, 'clock: node 1')).toMatchObject({ outcome, values: { ahead } });
    expect(found(findings, 'clock: node 1').what).toContain(
      'node 1 is off, for Redis and node 0 agree with this machine',
    );
  });

  it("show when this machine's is off", () => {
    const findings = checkClocks([redis(3600), node(0, 3601), node(1, 3599)]);
    expect(outcomes(findings)).toEqual({
      'clock: Redis': 'warning',
      'clock: node 0': 'failed',
      'clock: node 1': 'failed',
    });
    expect(found(findings, 'clock: node 0')).toMatchObject({
      what: expect.stringContaining('this machine is off, for Redis and node 1 agree with node 0'),
      remedy: "set this machine's clock, by NTP for instance",
    });
  });

  it('of two prove nothing, and neither does the own node', () => {
    const findings = checkClocks([node(1, 3600), { ...node(0, 0), own: true }]);
    expect(found(findings, 'clock: node 1')).toMatchObject({
      outcome: 'failed',
      what: expect.stringContaining('nobody else says which of the two is off'),
      values: { agreeing: [] },
    });
  });
});
