import { TriadError } from '@triad/protocol';

/**
 * What records are matched by: texts, compared by their UTF-8 bytes; rows of several texts each, compared column by column; or
 * any bytes, key i being `bytes` from offsets[i] to offsets[i + 1].
 */
export type Keys = readonly string[] | readonly (readonly string[])[] | PackedKeys;

/** Keys in a row. */
export interface PackedKeys {
  readonly bytes: Uint8Array;
  /** One more than there are keys. */
  readonly offsets: Uint32Array;
}

const isPacked = (keys: Keys): keys is PackedKeys => 'offsets' in keys;
const isTexts = (keys: readonly unknown[]): keys is readonly string[] => typeof keys[0] === 'string';

export const keyCount = (keys: Keys): number =>
  isPacked(keys) ? Math.max(keys.offsets.length - 1, 0) : keys.length;

/** Takes bytes of keys in, one key after the other. */
export interface KeySink {
  /** Memory for at least so many more bytes. */
  room(bytes: number): Uint8Array;
  /** The next key has so many of them. */
  key(bytes: number): void;
}

const encoder = new TextEncoder();
/** So many texts are encoded at a time: one by one takes three times as long. */
const group = 1024;

/** Keys `from` to `to` as bytes. Throws `bad-argument` for offsets that are none, and rows of different widths. */
export const writeKeys = (keys: Keys, from: number, to: number, sink: KeySink): void => {
  if (isPacked(keys)) writePacked(keys, from, to, sink);
  else if (isTexts(keys)) writeTexts(keys, from, to, sink);
  else writeRows(keys, from, to, sink);
};

const writePacked = ({ bytes, offsets }: PackedKeys, from: number, to: number, sink: KeySink): void => {
  const [start, end] = [offsets[from]!, offsets[to]!];
  const lengths = Array.from({ length: to - from }, (_, i) => offsets[from + i + 1]! - offsets[from + i]!);
  const bad = lengths.findIndex((length) => length < 0);
  if (bad >= 0 || end > bytes.length) {
    const key = bad >= 0 ? from + bad : to - 1;
    throw new TriadError('bad-argument', `key ${key} does not lie within the ${bytes.length} bytes given`, {
      remedy: 'give offsets that rise from 0 to the number of bytes',
    });
  }
  sink.room(end - start).set(bytes.subarray(start, end));
  for (const length of lengths) sink.key(length);
};

const writeTexts = (keys: readonly string[], from: number, to: number, sink: KeySink): void => {
  for (let i = from; i < to; i += group) {
    const texts = keys.slice(i, Math.min(i + group, to));
    const all = texts.join('');
    const { written } = encoder.encodeInto(all, sink.room(3 * all.length));
    // As many bytes as characters: all of them ASCII, and lengths are known.
    if (written === all.length) for (const text of texts) sink.key(text.length);
    else for (const text of texts) writeText(text, sink);
  }
};

const writeText = (text: string, sink: KeySink): void =>
  sink.key(encoder.encodeInto(text, sink.room(3 * text.length)).written);

/** Every column is preceded by its length in bytes, so that no two rows have the same bytes. */
const writeRows = (rows: readonly (readonly string[])[], from: number, to: number, sink: KeySink): void => {
  const width = rows[0]?.length ?? 0;
  for (let i = from; i < to; i++) {
    const row = rows[i]!;
    if (row.length !== width) {
      throw new TriadError('bad-argument', `key ${i} has ${row.length} columns, the first one ${width}`, {
        remedy: 'give every key the same columns',
      });
    }
    const room = sink.room(row.reduce((sum, text) => sum + 4 + 3 * text.length, 0));
    const view = new DataView(room.buffer, room.byteOffset);
    let at = 0;
    for (const text of row) {
      const { written } = encoder.encodeInto(text, room.subarray(at + 4));
      view.setUint32(at, written, true);
      at += 4 + written;
    }
    sink.key(at);
  }
};
