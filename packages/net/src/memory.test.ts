import { describe, expect, it } from 'vitest';
import { failure } from './fixture/meet.js';
import { inMemory } from './memory.js';

describe('a network in memory', () => {
  it('is free for the next job when all have joined', async () => {
    const network = inMemory({ parties: 2, outside: ['bank'] });
    for (let job = 0; job < 2; job++) {
      const channels = await Promise.all(['bank', 1, 0].map((role) => network.join(role, { job })));
      expect(channels.map(({ rank }) => rank)).toEqual([2, 1, 0]);
    }
  });

  it('compares what parties agree on', async () => {
    const network = inMemory();
    const errors = await Promise.all(
      [0, 1, 2].map((role) => failure(network.join(role, { ring: role < 2 ? 64 : 32 }))),
    );
    for (const error of errors) {
      expect(error.code).toBe('mismatch');
      expect(error.message).toContain('ring differs: 64 at party 0, 32 at party 2');
    }
  });

  it('has each role once, and no others', async () => {
    const network = inMemory();
    const first = network.join(0, {});
    expect(await failure(network.join(0, {}))).toMatchObject({ code: 'mismatch', party: 0 });
    expect(await failure(network.join(3, {}))).toMatchObject({ code: 'bad-argument' });
    expect(await failure(network.join('0', {}))).toMatchObject({ code: 'bad-argument' });
    await Promise.all([first, network.join(1, {}), network.join(2, {})]);
  });
});
