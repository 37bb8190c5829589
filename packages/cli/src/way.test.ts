import { afterEach, describe, expect, it } from 'vitest';
import { waysOf } from './way.js';

afterEach(() => {
  delete process.env.TRIAD_REDIS;
});

describe('the way to find others', () => {
  it('is what the command line says, else what the environment says', () => {
    process.env.TRIAD_REDIS = 'redis://:secret@board:6379';
    expect(waysOf({ redis: 'redis://other' })).toEqual({ redis: 'redis://other' });
    expect(waysOf({ rendezvous: 'board:1' })).toEqual({ rendezvous: 'board:1' });
    expect(waysOf({ peers: ['a:1', 'b:1', 'c:1'] })).toEqual({ peers: { 0: 'a:1', 1: 'b:1', 2: 'c:1' } });
    expect(waysOf({})).toEqual({ redis: 'redis://:secret@board:6379' });
  });

  it('is needed', () => {
    expect(() => waysOf({})).toThrow(/nothing says how to find the others.*TRIAD_REDIS/);
  });
});
