import type { S3Location } from '../location.js';
import { type Patience, persist } from '../patience.js';
import { readAhead, readRange, remotePieceBytes } from '../range.js';
import type { Source } from '../storage.js';
import { S3Object } from './s3-object.js';

/** An object of an S3 store. Reading throws `mismatch` once it is another than it was. */
export const openS3 = async (location: S3Location, patience: Patience): Promise<Source> => {
  const object = await S3Object.at(location, patience);
  try {
    const { size, tag } = await persist(() => object.head(), { ms: patience.contact });
    const { name } = object;
    const open = (from: number, to: number) => object.get(from, to, tag);
    const read = (start: number, end: number) =>
      readRange({ name, patience, open }, start, Math.min(end, size));
    return {
      name,
      size,
      read,
      stream: (start = 0) => readAhead(read, start, size, remotePieceBytes),
      close: async () => object.close(),
    };
  } catch (error) {
    object.close();
    throw error;
  }
};
