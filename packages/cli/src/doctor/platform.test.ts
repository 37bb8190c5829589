import { describe, expect, it } from 'vitest';
import { found, outcomes } from './fixture/folder.js';
import { checkPlatform, platform } from './platform.js';

const good = { node: '20.19.0', simd: true, memory: 1e9 };

describe('the platform', () => {
  it('of these tests will do', () => {
    expect(Object.values(outcomes(checkPlatform(platform())))).not.toContain('failed');
  });

  it.each(['20.19.0', '20.20.1', '22.0.0', '100.1.0'])('may be Node %s', (node) => {
    expect(Object.values(outcomes(checkPlatform({ ...good, node })))).toEqual(['ok', 'ok', 'ok']);
  });

  it.each(['20.18.9', '18.20.0', '9.99.99'])('may not be Node %s', (node) => {
    expect(found(checkPlatform({ ...good, node }), 'platform: Node')).toMatchObject({
      outcome: 'failed',
      what: `Node ${node}`,
      remedy: 'install Node 20.19.0 or newer',
    });
  });

  it('needs vectors, and misses memory', () => {
    const findings = checkPlatform({ ...good, simd: false, memory: 100e6 });
    expect(outcomes(findings)).toEqual({
      'platform: Node': 'ok',
      'platform: SIMD': 'failed',
      'platform: memory': 'warning',
    });
    expect(found(findings, 'platform: memory').what).toBe('100.00 MB available');
  });
});
