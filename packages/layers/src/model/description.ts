import type { BoundShape } from '../shape.js';
import { checksumState } from './checksum.js';
import { kindName } from './plain-model.js';
import { decodeSafetensors } from './safetensors.js';
import { parseIdentity, type ShareIdentity } from './share-identity.js';

/** What a model file says of itself. */
export interface ModelDescription {
  readonly kind: 'share' | 'model' | 'foreign';
  /** Whether the content is what the checksum was made of. */
  readonly checksum: 'good' | 'bad' | 'absent';
  /** Of a share. */
  readonly identity?: ShareIdentity;
  /** By name; without the axis of parts. */
  readonly parameters: Readonly<Record<string, BoundShape>>;
}

/** Reads a `.safetensors` file's description, without the scheme it was written for. Throws `bad-argument` for what is no such file. */
export const describeModel = (file: Uint8Array): ModelDescription => {
  const content = decodeSafetensors(file);
  const stated = content.metadata[kindName];
  const kind = stated === 'share' || stated === 'model' ? stated : 'foreign';
  const entries = [...content.tensors].map(([name, { shape }]) => [
    name,
    kind === 'share' ? shape.slice(1) : shape,
  ]);
  return {
    kind,
    checksum: checksumState(content),
    ...(kind === 'share' && { identity: parseIdentity(content.metadata) }),
    parameters: Object.fromEntries(entries),
  };
};
