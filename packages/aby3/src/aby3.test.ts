import { simulate } from '@triad/protocol';
import { protocolSuite } from '@triad/protocol/compliance';
import { bilinear, linear, memory, Tensor } from '@triad/ring';
import { describe, expect, it } from 'vitest';
import { type Aby3Options, aby3 } from './aby3.js';
import { words } from './fixture/sample.js';

protocolSuite(aby3(), { describe, it });
protocolSuite(
  aby3({ truncation: 'exact' }),
  { describe, it },
  { truncation: { maxError: 0.5, magnitudeBits: 60 } },
);
protocolSuite(
  aby3({ truncation: { magnitudeBits: 24 } }),
  { describe, it },
  { truncation: { magnitudeBits: 24 } },
);

describe.each<[string, Aby3Options]>([
  ['probabilistic', {}],
  ['exact', { truncation: 'exact' }],
  ['local', { truncation: { magnitudeBits: 24 } }],
])('memory, %s truncation', (_, options) => {
  it('is given back', async () => {
    const before = memory.liveBytes;
    await simulate(
      aby3(options),
      async ({ rank, session, protocol }) => {
        const one = rank === 0 ? Tensor.from([3, 2], [1, 2, 3, 4, 5, 6]) : [3, 2];
        const x = await protocol.share(session.op('x'), 0, one);
        const y = await protocol.share(session.op('y'), 3, [2, 5]);
        const r = await protocol.random!(session.op('r'), [3, 5], 7);
        const f = bilinear.matmul();
        const z = await protocol.bilinear(session.op('z'), f, x, y);
        const product = { map: f, x, y, after: [linear.neg()] };
        const t = await protocol.bilinearTruncate!(session.op('t'), product, 4);
        const u = await protocol.truncate(session.op('u'), z, 3);
        const out = await protocol.reveal(session.op('out'), t);
        await protocol.reveal(session.op('client'), u, 3);
        const c = Tensor.from([5], [1, 2, 3, 4, 5]);
        const shifted = protocol.addPublic(u, c);
        const publicShare = protocol.constant(c);
        for (const s of [x, y, r, z, t, u, shifted, publicShare]) protocol.dispose(s);
        for (const s of [one, out!, c]) if (s instanceof Tensor) s.dispose();
      },
      {
        clients: [
          async (client, session) => {
            const y = Tensor.from([2, 5], words(1, 10));
            client.share(session.op('y'), y);
            y.dispose();
            (await client.reveal(session.op('client'), [3, 5])).dispose();
          },
        ],
      },
    );
    expect(memory.liveBytes).toBe(before);
  });
});
