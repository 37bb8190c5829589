import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Safetensors } from './safetensors.js';

/** Under what name the checksum is among the metadata. */
export const checksumName = 'triad.sha256';

/**
 * SHA-256, in hex, of what a file says: its other metadata, then name, type, shape and bytes of every tensor, both in the
 * order of their names. It does not depend on the header's layout. It shows damage, not forgery: whoever can write the file can
 * write the checksum.
 */
export const checksum = ({ metadata, tensors }: Safetensors): string => {
  const hash = sha256.create();
  const said = Object.entries(metadata).filter(([name]) => name !== checksumName);
  hash.update(utf8ToBytes(JSON.stringify(said.sort(byName))));
  for (const [name, { type, shape, bytes }] of [...tensors].sort(byName))
    hash.update(utf8ToBytes(JSON.stringify([name, type, shape]))).update(bytes);
  return bytesToHex(hash.digest());
};

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** The same content with its checksum among the metadata. */
export const withChecksum = (content: Safetensors): Safetensors => ({
  ...content,
  metadata: { ...content.metadata, [checksumName]: checksum(content) },
});

/** Whether the content is what its checksum was made of; `absent` without one. */
export const checksumState = (content: Safetensors): 'good' | 'bad' | 'absent' => {
  const stated = content.metadata[checksumName];
  if (stated === undefined) return 'absent';
  return stated === checksum(content) ? 'good' : 'bad';
};
