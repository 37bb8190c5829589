import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { envelope } from './envelope.js';
import { dial, type Listening, listen, type Wire } from './wire.js';

describe('an envelope', () => {
  let listening: Listening;
  let dialed: Wire;
  let accepted: Wire;

  beforeAll(async () => {
    const wires: Wire[] = [];
    const door = { listen: { host: '127.0.0.1', port: 0 }, tls: undefined, origins: [], log: () => {} };
    listening = await listen(door, (wire) => wires.push(wire));
    dialed = await dial(listening.endpoint);
    accepted = wires[0]!;
  });

  afterAll(() => {
    dialed.web.terminate();
    listening.close();
  });

  it('is a message as ws reads it, with and without a mask', async () => {
    const length = fc.oneof(fc.constantFrom(0, 1, 125, 126, 127, 65535, 65536, 70000), fc.nat(2000));
    await fc.assert(
      fc.asyncProperty(length, fc.boolean(), fc.nat(255), async (bytes, masked, seed) => {
        const [from, to] = masked ? [dialed, accepted] : [accepted, dialed];
        const { whole, body } = envelope(bytes, masked);
        expect(body.length).toBe(bytes);
        for (let i = 0; i < bytes; i++) body[i] = seed + i;
        const message = once(to.web, 'message');
        from.socket.write(whole);
        const [data, binary] = (await message) as [Buffer, boolean];
        expect(binary).toBe(true);
        expect(Buffer.compare(data, body)).toBe(0);
      }),
    );
  });
});
