import { NdArray, type Nested } from '../nd-array.js';
import { checksumState, withChecksum } from './checksum.js';
import { malformed, misfit } from './fault.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.js';

/** A model in the open: parameters by name. */
export type Weights = Readonly<Record<string, NdArray>>;

export const kindName = 'triad.kind';

/** A model in the open as a `.safetensors` file of float64, with a checksum. */
export const encodeModel = (weights: Readonly<Record<string, NdArray | Nested>>): Uint8Array => {
  const tensors = Object.entries(weights).map(([name, values]): [string, StoredTensor] => {
    const { shape, data } = NdArray.from(values);
    return [name, { type: 'F64', shape, bytes: new Uint8Array(data.slice().buffer) }];
  });
  const content = { metadata: { [kindName]: 'model' }, tensors: new Map(tensors) };
  return encodeSafetensors(withChecksum(content));
};

/**
 * The parameters of any `.safetensors` file of float64, float32 or whole numbers, from here or from elsewhere. Throws `bad-argument` for
 * what is no such file, `mismatch` for a wrong checksum and for one party's share of a model.
 */
export const decodeModel = (file: Uint8Array): Weights => {
  const content = decodeSafetensors(file);
  if (content.metadata[kindName] === 'share')
    throw misfit("this is one party's share, not a model in the open", 'decrypt the model with decryptModel');
  if (checksumState(content) === 'bad') throw damaged();
  return Object.fromEntries([...content.tensors].map(([name, tensor]) => [name, valuesOf(name, tensor)]));
};

export const damaged = (): Error =>
  misfit("the file's content does not have its checksum", 'get the file again: it was damaged');

const valuesOf = (name: string, { type, shape, bytes }: StoredTensor): NdArray => {
  const { buffer } = bytes.slice();
  if (type === 'F64') return new NdArray(shape, new Float64Array(buffer));
  if (type === 'F32') return new NdArray(shape, Float64Array.from(new Float32Array(buffer)));
  const values = Float64Array.from(new BigInt64Array(buffer), Number);
  if (values.every(Number.isSafeInteger)) return new NdArray(shape, values);
  throw malformed(`'${name}' has whole numbers that float64 does not have`);
};
