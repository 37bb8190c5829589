/** Lists of keys: text in UTF-8, one key a line, every byte but the line break part of it. */
import { isUtf8 } from 'node:buffer';
import { badArgument } from '../bad-argument.js';
import { blocks, type Scan } from './block.js';
import { KeyPacker, type PackedKeys } from './key-batch.js';
import { type KeySource, missingKey } from './key-source.js';
import { carriageReturn, lineFeed, type RecordBlock } from './record.js';

/** Finds lines. */
const scanLines: Scan<RecordBlock> = (bytes, last) => {
  const [starts, ends] = [new Uint32Array(bytes.length + 1), new Uint32Array(bytes.length + 1)];
  let [count, start] = [0, 0];
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== lineFeed) continue;
    starts[count] = start;
    ends[count++] = i > start && bytes[i - 1] === carriageReturn ? i - 1 : i;
    start = i + 1;
  }
  if (last && start < bytes.length) {
    starts[count] = start;
    ends[count++] = bytes.length;
    start = bytes.length;
  }
  return { found: { bytes, count, starts, ends }, used: start };
};

/** The lines of a list. Throws `bad-argument` for an empty one, and for what is no text. */
export async function* listRecords({ file, columns }: KeySource): AsyncGenerator<RecordBlock> {
  if (columns !== undefined) {
    throw badArgument(
      `${file} is a list of keys and has no columns`,
      `write ${file} alone, or use a .csv file`,
    );
  }
  let row = 0;
  for await (const block of blocks(file, scanLines)) {
    const { bytes, count, starts, ends } = block;
    for (let k = 0; k < count; k++) if (starts[k] === ends[k]) throw missingKey(file, row + k);
    requireText(file, count === 0 ? bytes.subarray(0, 0) : bytes.subarray(0, ends[count - 1]));
    row += count;
    yield block;
  }
}

/** Keys of a list. */
export async function* listKeys(source: KeySource): AsyncGenerator<PackedKeys> {
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
