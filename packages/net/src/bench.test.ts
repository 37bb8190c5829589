import { expect, it } from 'vitest';

/** The built module: it starts processes of its own. */
const { measureRounds } = (await import(
  new URL('../dist/bench.js', import.meta.url).href
)) as typeof import('./bench.js');

it('rounds are measured over bare sockets, ws and wss, in three processes', async () => {
  const transports = ['tcp', 'ws', 'wss'] as const;
  const times = await measureRounds({ transports, rounds: 50, bytes: 1000, repeats: 3 });
  expect(Object.keys(times)).toEqual([...transports]);
  for (const transport of transports) {
    expect(times[transport]).toHaveLength(3);
    for (const microseconds of times[transport]!) expect(microseconds).toBeGreaterThan(0);
  }
});
