/** Lists of keys: text in UTF-8, one key a line, every byte but the line break part of it. */
import { isUtf8 } from 'node:buffer';
import { badArgument } from '../bad-argument.js';
import { blocks, type Scan } from './block.js';
import { KeyPacker, type PackedKeys } from './key-batch.js';
import { type KeyFile, missingKey } from './key-file.js';
import { carriageReturn, lineFeed, type RecordBlock } from './record.js';

/** Finds lines; what it found is overwritten by the next call. */
const lineScan = (): Scan<RecordBlock> => {
  let [starts, ends] = [new Uint32Array(0), new Uint32Array(0)];
  return (bytes, last) => {
    if (starts.length <= bytes.length) {
      starts = new Uint32Array(bytes.length + 1);
      ends = new Uint32Array(bytes.length + 1);
    }
    let count = endedLines(bytes, starts, ends);
    let used = starts[count]!;
    if (last && used < bytes.length) ends[count++] = used = bytes.length;
    return { found: { bytes, count, starts, ends }, used };
  };
};

/** Notes the lines that end in the bytes, and where the next one starts; how many there are. */
const endedLines = (bytes: Uint8Array, starts: Uint32Array, ends: Uint32Array): number => {
  let count = 0;
  starts[0] = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== lineFeed) continue;
    ends[count] = i > starts[count]! && bytes[i - 1] === carriageReturn ? i - 1 : i;
    starts[++count] = i + 1;
  }
  return count;
};

/** The lines of a list. Throws `bad-argument` for empty lines, and for what is no text. */
export async function* listRecords({ file, columns }: KeyFile): AsyncGenerator<RecordBlock> {
  if (columns !== undefined) {
    throw badArgument(
      `${file} is a list of keys and has no columns`,
      `write ${file} alone, or use a .csv file`,
    );
  }
  let row = 0;
  for await (const block of blocks(file, lineScan())) {
    const { bytes, count, starts, ends } = block;
    for (let k = 0; k < count; k++) if (starts[k] === ends[k]) throw missingKey(file, row + k);
    if (count === 0) continue;
    requireText(file, bytes.subarray(0, ends[count - 1]));
    row += count;
    yield block;
  }
}

/** Keys of a list. */
export async function* listKeys(source: KeyFile): AsyncGenerator<PackedKeys> {
  for await (const { bytes, count, starts, ends } of listRecords(source)) {
    const packer = new KeyPacker(bytes.length + 1, count);
    for (let k = 0; k < count; k++) packer.add(bytes, starts[k]!, ends[k]!);
    yield packer.keys();
  }
}

/** Throws `bad-argument` unless the bytes are UTF-8: two keys that are not could look the same. */
export const requireText = (file: string, bytes: Uint8Array): void => {
  if (!isUtf8(bytes)) throw badArgument(`${file} is not text in UTF-8`, 'save it in UTF-8');
};
