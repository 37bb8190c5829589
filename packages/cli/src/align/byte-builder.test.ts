import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteBuilder } from './byte-builder.js';

/** What may be added, and the bytes it is. */
const addition = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => ({ bytes: Buffer.from(text), text })),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ bytes: Buffer.from(bytes), text: undefined })),
  fc.nat({ max: 255 }).map((byte) => ({ bytes: Buffer.of(byte), text: undefined, byte })),
  fc.nat({ max: 2 ** 32 - 1 }).map((word) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(word);
    return { bytes, text: undefined, word };
  }),
);

it('holds what was added, in order, and is empty after it was taken', () => {
  fc.assert(
    fc.property(fc.array(addition), fc.nat({ max: 8 }), (additions, room) => {
      const builder = new ByteBuilder(room);
      for (const each of additions) {
        if (each.text !== undefined) builder.appendText(each.text);
        else if ('byte' in each) builder.appendByte(each.byte);
        else if ('word' in each) builder.appendWord(each.word);
        else builder.append(Buffer.concat([Buffer.of(1), each.bytes]), 1, each.bytes.length + 1);
      }
      const expected = Buffer.concat(additions.map(({ bytes }) => bytes));
      expect(Buffer.from(builder.bytes())).toEqual(expected);
      expect(builder.length).toBe(expected.length);
      expect(Buffer.from(builder.take())).toEqual(expected);
      expect(builder.length).toBe(0);
    }),
    { seed: 12, numRuns: 300 },
  );
});
