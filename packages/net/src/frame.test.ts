import { type Address, maxIndex, maxPath, TriadError } from '@triad/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataDecoder, encodeData, maxFrameBytes, type Outgoing, pieceBytes } from './frame.js';

const address: fc.Arbitrary<Address> = fc.record({
  step: fc.nat(2 ** 32 - 1),
  index: fc.nat(maxIndex),
  path: fc.nat(maxPath),
});
const message: fc.Arbitrary<Outgoing> = fc.record({ address, bytes: fc.uint8Array({ maxLength: 300 }) });

const encode = (messages: readonly Outgoing[]): Uint8Array[] => {
  const frames: Uint8Array[] = [];
  let begun = 0;
  encodeData(messages, {
    begin: (bytes, length) => {
      begun = bytes;
      const frame = new Uint8Array(length);
      frames.push(frame);
      return frame.subarray(0, bytes);
    },
    end: (payload) => frames.at(-1)!.set(payload, begun),
  });
  return frames;
};

const decode = (frames: readonly Uint8Array[]): Outgoing[] => {
  const messages: Outgoing[] = [];
  const decoder = new DataDecoder(1, (address, bytes) => messages.push({ address, bytes }));
  for (const frame of frames) decoder.read(frame);
  return messages;
};

const thrown = (frame: Uint8Array): TriadError | undefined => {
  try {
    decode([frame]);
    return undefined;
  } catch (error) {
    if (error instanceof TriadError) return error;
    throw error;
  }
};

/** A header that says whatever it says. */
const header = (step: number, index: number, path: number, length: number): Uint8Array => {
  const frame = new Uint8Array(17);
  for (const [i, word] of [step, index, path, length].entries()) {
    new DataView(frame.buffer).setUint32(1 + 4 * i, word, true);
  }
  return frame;
};

describe('data frames', () => {
  it('bring any messages across, small ones in one frame', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 20 }), (messages) => {
        const frames = encode(messages);
        expect(frames.length).toBe(1);
        expect(decode(frames)).toEqual(messages);
      }),
    );
  });

  it('stay below the largest size, whatever they carry', () => {
    const sizes = [pieceBytes, 1, pieceBytes + 1, 0, 3 * pieceBytes, 2 ** 14, 2 ** 14 - 1, 2.5 * pieceBytes];
    const messages = sizes.map((size, step) => {
      const bytes = new Uint8Array(size).fill(step + 1);
      if (size > 0) bytes[size - 1] = 77;
      return { address: { step, index: 0, path: 0 }, bytes };
    });
    const frames = encode(messages);
    for (const frame of frames) expect(frame.length).toBeLessThanOrEqual(maxFrameBytes);
    const arrived = decode(frames);
    expect(arrived.map((m) => m.address)).toEqual(messages.map((m) => m.address));
    for (const [i, { bytes }] of arrived.entries()) expect(Buffer.compare(bytes, messages[i]!.bytes)).toBe(0);
  });

  it('are read or refused with a typed error, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const error = thrown(bytes);
        expect([undefined, 'bad-message']).toContain(error?.code);
      }),
      { numRuns: 2000 },
    );
  });

  it('are refused when cut anywhere inside', () => {
    const [frame] = encode([{ address: { step: 1, index: 2, path: 3 }, bytes: new Uint8Array(40) }]);
    for (let end = 0; end < frame!.length; end++)
      expect(thrown(frame!.subarray(0, end))?.code).toBe('bad-message');
  });

  it('never make room for a length that is only claimed', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 100; i++) {
      const error = thrown(header(1, 0, 0, 2 ** 31 - 1));
      expect(error).toMatchObject({ code: 'bad-message', party: 1, op: 'step 1/0' });
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });

  it('are refused with an address that cannot be', () => {
    expect(thrown(header(0, maxIndex + 1, 0, 0))?.code).toBe('bad-message');
    expect(thrown(header(0, 0, maxPath + 1, 0))?.code).toBe('bad-message');
  });

  it('are refused when pieces are short, or of another message', () => {
    const first = new Uint8Array(17 + pieceBytes);
    first.set(header(1, 0, 0, 2 ** 31 + pieceBytes));
    expect(() => decode([first, header(2, 0, 0, 0)])).toThrow(/another message before/);
    const short = new Uint8Array(27);
    short.set(header(1, 0, 0, 2 ** 31 + 10));
    expect(thrown(short)?.message).toContain('a piece of 10 bytes');
  });

  it('are refused once a message has grown above the limit', { timeout: 60_000 }, () => {
    const piece = new Uint8Array(17 + pieceBytes);
    piece.set(header(1, 0, 0, 2 ** 31 + pieceBytes));
    const decoder = new DataDecoder(2, () => {});
    const limit = 2 ** 30 / pieceBytes;
    for (let i = 0; i < limit; i++) decoder.read(piece);
    expect(() => decoder.read(piece)).toThrow(expect.objectContaining({ code: 'limit', party: 2 }));
  });
});
