import { TriadError } from '@triad/protocol';
import { describe, expect, it } from 'vitest';
import { connectionError, passing, persist } from './patience.js';

describe('patience', () => {
  it('tries again what may pass', async () => {
    let tries = 0;
    const act = async (): Promise<number> => {
      tries++;
      if (tries < 3) throw passing('x');
      return tries;
    };
    expect(await persist(act, { ms: 10_000 })).toBe(3);
  });

  it('ends with other errors, with time, and when told to', async () => {
    let tries = 0;
    const failing = (error: unknown) => async () => {
      tries++;
      throw error;
    };
    await expect(persist(failing(new RangeError('no')), { ms: 10_000 })).rejects.toThrow(RangeError);
    expect(tries).toBe(1);
    await expect(persist(failing(passing('x')), { ms: 0 })).rejects.toMatchObject({ code: 'timeout' });
    expect(tries).toBe(2);
    const { signal } = { signal: AbortSignal.abort() };
    await expect(persist(failing(passing('x')), { ms: 10_000, signal })).rejects.toMatchObject({
      code: 'timeout',
    });
    expect(tries).toBe(3);
  });

  it('starts anew whenever it gets on', async () => {
    let at = 0;
    const act = async (): Promise<void> => {
      at++;
      if (at < 5) throw passing('x');
    };
    await persist(act, { ms: 150, reached: () => at });
    expect(at).toBe(5);
  });

  it('knows what may pass of what connections fail with, and takes no causes along', () => {
    const cause = Object.assign(new Error('secret'), { code: 'ECONNRESET' });
    expect(connectionError(new TypeError('fetch failed', { cause }), 'x')).toMatchObject({ code: 'timeout' });
    expect(connectionError(new TypeError('fetch failed', { cause }), 'x')?.cause).toBeUndefined();
    const wrong = Object.assign(new Error(), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(connectionError(wrong, 'x')).toMatchObject({ code: 'bad-argument' });
    expect(connectionError(new TriadError('limit', 'x'), 'x')).toBeUndefined();
    expect(connectionError(new RangeError(), 'x')).toBeUndefined();
  });
});
