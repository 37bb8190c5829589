import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeControl } from './control.js';
import { infiltrate } from './fixture/intruder.js';
import { failure } from './fixture/meet.js';
import { maxFrameBytes, pieceBytes } from './frame.js';

const address = { step: 0, index: 0, path: 0 };

/** A data frame of one message, whose header says what it says. */
const data = (step: number, length: number, payload = length): Uint8Array => {
  const frame = new Uint8Array(17 + payload);
  const view = new DataView(frame.buffer);
  view.setUint32(1, step, true);
  view.setUint32(13, length, true);
  return frame;
};

/** A masked websocket header (zero mask) that claims a length. */
const webHeader = (firstByte: number, length: bigint): Uint8Array => {
  const header = new Uint8Array(14);
  header.set([firstByte, 0x80 | 127]);
  new DataView(header.buffer).setBigUint64(2, length);
  return header;
};

const join = (...parts: Uint8Array[]): Uint8Array => Buffer.concat(parts);

/**
 * Party 2 says this to party 0 after the handshake. Both honest parties fail with this code and name party 2: one
 * because it saw it, the other because it was told.
 */
const frames: [string, readonly (Uint8Array | string)[], string][] = [
  ['an empty frame', [new Uint8Array(0)], 'bad-message'],
  ['a text frame', ['hello'], 'bad-message'],
  ['an unknown kind', [Uint8Array.of(9)], 'bad-message'],
  ['a second handshake', [encodeControl({ kind: 'ready', body: { nonce: '0'.repeat(32) } })], 'bad-message'],
  ['half a header', [data(1, 0).subarray(0, 9)], 'bad-message'],
  ['a message longer than its frame', [data(1, 2 ** 31 - 1, 10)], 'bad-message'],
  ['an impossible address', [Uint8Array.from([0, ...new Uint8Array(16).fill(255)])], 'bad-message'],
  ['a replayed frame', [data(1, 8), data(1, 8)], 'bad-message'],
  [
    'a piece where another message must end',
    [data(1, 2 ** 31 + pieceBytes, pieceBytes), data(2, 0)],
    'bad-message',
  ],
  ['a goodbye that is none', [Uint8Array.of(4, 123, 125)], 'bad-message'],
  ['a frame above the largest', [new Uint8Array(maxFrameBytes + 1)], 'limit'],
];

const bytes: [string, Uint8Array, string][] = [
  ['bytes that are no websocket', new Uint8Array(64).fill(255), 'bad-message'],
  ['a frame without a mask', Uint8Array.of(0x82, 1, 0), 'bad-message'],
  [
    'a message in fragments',
    Uint8Array.of(0x02, 0x81, 0, 0, 0, 0, 0, 0x00, 0x81, 0, 0, 0, 0, 0),
    'bad-message',
  ],
  ['a frame that claims an exabyte', webHeader(0x82, 2n ** 60n), 'limit'],
  ['a frame that claims a terabyte', webHeader(0x82, 2n ** 40n), 'limit'],
  ['a compressed frame', Uint8Array.of(0xc2, 0x81, 0, 0, 0, 0, 0), 'bad-message'],
];

describe('a party that breaks the rules', () => {
  const expectNamed = async (
    act: (infiltrated: Awaited<ReturnType<typeof infiltrate>>) => void,
    code: string,
  ) => {
    const infiltrated = await infiltrate();
    const { honest, wires } = infiltrated;
    const waiting = honest.flatMap((channel) =>
      channel.peers.map((peer) => failure(channel.recv(peer, { ...address, step: 9 }))),
    );
    act(infiltrated);
    for (const error of await Promise.all(waiting)) {
      expect(error).toMatchObject({ code, party: 2 });
      expect(error.message).toContain('party 2');
    }
    expect(await failure(honest[1]!.recv(0, { ...address, step: 10 }))).toMatchObject({ code, party: 2 });
    expect(() => honest[1]!.send(0, address, new Uint8Array(1))).toThrow(expect.objectContaining({ code }));
    expect(await failure(honest[0]!.drain())).toMatchObject({ code });
    for (const wire of wires) wire.web.terminate();
    await Promise.all(honest.map((channel) => channel.close()));
  };

  it.each(frames)('is named for %s', async (_, sent, code) => {
    await expectNamed(({ wires }) => {
      for (const frame of sent) wires[0]!.web.send(frame);
    }, code);
  });

  it.each(bytes)('is named for %s', async (_, sent, code) => {
    await expectNamed(({ wires }) => wires[0]!.socket.write(sent), code);
  });

  it('is named when it closes in the middle of a frame', async () => {
    await expectNamed(({ wires }) => {
      wires[0]!.socket.end(join(webHeader(0x82, 1000n), new Uint8Array(10)));
    }, 'peer-lost');
  });

  it('is named when it resets the connection', async () => {
    await expectNamed(({ wires }) => wires[0]!.socket.resetAndDestroy(), 'peer-lost');
  });

  it('gets no memory for lengths it claims', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const infiltrated = await Promise.all(Array.from({ length: 5 }, infiltrate));
    for (const { wires } of infiltrated) {
      for (const wire of wires)
        wire.socket.write(join(webHeader(0x82, BigInt(maxFrameBytes)), new Uint8Array(100)));
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 2 ** 20);
    for (const { honest, wires } of infiltrated) {
      for (const wire of wires) wire.web.terminate();
      await Promise.all(honest.map((channel) => channel.close()));
    }
  });

  it('may say anything: honest parties get a message, or a typed error', async () => {
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc
        .tuple(fc.nat(5), fc.uint8Array({ maxLength: 60 }))
        .map(([kind, rest]) => Uint8Array.from([kind, ...rest])),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { minLength: 1, maxLength: 5 }), fc.boolean(), async (chunks, raw) => {
        const { honest, wires } = await infiltrate();
        const waiting = failure(honest[0]!.recv(2, { ...address, step: 9 }));
        for (const sent of chunks) {
          if (raw) wires[0]!.socket.write(sent);
          else wires[0]!.web.send(sent);
        }
        wires[0]!.socket.end();
        expect(['bad-message', 'limit', 'peer-lost', 'closed']).toContain((await waiting).code);
        for (const wire of wires) wire.web.terminate();
        await Promise.all(honest.map((channel) => channel.close()));
      }),
      { numRuns: 40 },
    );
  });
});
