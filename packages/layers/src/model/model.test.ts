import { plain } from '@triad/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NdArray } from '../nd-array.js';
import { describeModel } from './description.js';
import { decryptModel, encryptModel } from './encryption.js';
import { decodeModel, encodeModel } from './plain-model.js';
import { decryptRaw, encryptRaw } from './raw-part.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.js';

const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)];

/** The example of the format's specification, spelled out: length, header, data. */
const header =
  '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"I64","shape":[],"data_offsets":[8,16]}}';
const vector = Uint8Array.from([
  ...[header.length, 0, 0, 0, 0, 0, 0, 0],
  ...bytesOf(header),
  ...[0, 0, 128, 63, 0, 0, 0, 192],
  ...[254, 255, 255, 255, 255, 255, 255, 255],
]);

const tensor = fc
  .tuple(
    fc.constantFrom('F64', 'I64', 'F32'),
    fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    fc.integer(),
  )
  .map(([type, shape, seed]): StoredTensor => {
    const length = shape.reduce((n, d) => n * d, type === 'F32' ? 4 : 8);
    return {
      type: type as StoredTensor['type'],
      shape,
      bytes: Uint8Array.from({ length }, (_, i) => (seed + 7 * i) & 255),
    };
  });

describe('safetensors', () => {
  it('reads bytes written by the specification', () => {
    const { a, b } = decodeModel(vector);
    expect([a!.shape, ...a!.data, b!.shape, ...b!.data]).toEqual([[2], 1, -2, [], -2]);
  });

  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((s) => s !== '__metadata__'),
          tensor,
        ),
        fc.dictionary(fc.string(), fc.string()),
        (tensors, metadata) => {
          const content = { metadata, tensors: new Map(Object.entries(tensors)) };
          const back = decodeSafetensors(encodeSafetensors(content));
          expect(back.metadata).toEqual({ ...metadata });
          expect(new Map([...back.tensors].sort())).toEqual(new Map([...content.tensors].sort()));
        },
      ),
      { seed: 1 },
    );
  });

  it('refuses what is cut, longer, or claims more than there is', () => {
    for (let length = 0; length < vector.length; length++)
      expect(() => decodeSafetensors(vector.slice(0, length))).toThrow(/no whole model file/);
    expect(() => decodeSafetensors(Uint8Array.from([...vector, 0]))).toThrow(/no whole model file/);
    const huge = vector.slice();
    huge.set([255, 255, 255, 255, 255, 255, 255, 127]);
    expect(() => decodeSafetensors(huge)).toThrow(/claims a header/);
  });
});

const weights = {
  'fc.w_0': [
    [1.5, -2],
    [0.25, 3],
  ],
  'fc.b_0': [0.5, -0.125],
};

const asLists = (model: Readonly<Record<string, NdArray>>) =>
  Object.fromEntries(Object.entries(model).map(([name, { shape, data }]) => [name, [shape, ...data]]));
const expected = { 'fc.w_0': [[2, 2], 1.5, -2, 0.25, 3], 'fc.b_0': [[2], 0.5, -0.125] };

describe('models in the open', () => {
  it('are written and read', () => {
    expect(asLists(decodeModel(encodeModel(weights)))).toEqual(expected);
  });

  it('show damage', () => {
    const file = encodeModel(weights);
    file[file.length - 1]! ^= 1;
    expect(() => decodeModel(file)).toThrow(/checksum/);
    expect(describeModel(file).checksum).toBe('bad');
  });
});

describe('models as shares', () => {
  it('are encrypted and decrypted', () => {
    const files = encryptModel(weights, plain(3));
    expect(asLists(decryptModel(files.slice(1), plain(3)))).toEqual(expected);
    expect(describeModel(files[2]!)).toMatchObject({
      kind: 'share',
      checksum: 'good',
      identity: { party: 2, parties: 3, scheme: 'plain', steps: 0 },
      parameters: { 'fc.w_0': [2, 2], 'fc.b_0': [2] },
    });
  });

  it('of two models do not go together, nor does one share twice', () => {
    const [a, b] = [encryptModel(weights, plain(3)), encryptModel(weights, plain(3))];
    expect(() => decryptModel([a[0]!, b[1]!], plain(3))).toThrow(/two models/);
    expect(() => decryptModel([a[0]!, a[0]!], plain(3))).toThrow(/twice/);
    expect(() => decryptModel(a, plain(2))).toThrow(/among 3, not by plain among 2/);
    expect(() => decodeModel(a[0]!)).toThrow(/one party's share/);
    expect(() => decryptModel([encodeModel(weights)], plain(3))).toThrow(/no party's share/);
  });

  it('refuse every changed byte', () => {
    const [file] = encryptModel(weights, plain(1));
    for (let i = 0; i < file!.length; i++) {
      const damaged = file!.slice();
      damaged[i]! ^= 1;
      expect(() => decryptModel([damaged], plain(1)), `byte ${i}`).toThrow();
    }
  });

  it('refuse values that do not fit', () => {
    expect(() => encryptModel({ w: [2 ** 50] }, plain(3))).toThrow(/'w' does not fit fixed point/);
  });
});

describe('headerless parts', () => {
  it('are words, part after part', () => {
    const [file] = encryptRaw([1, -0.5], plain(1));
    expect([...new BigInt64Array(file!.buffer)]).toEqual([65536n, -32768n]);
    expect([...decryptRaw([file], [2], plain(1)).data]).toEqual([1, -0.5]);
    expect(() => decryptRaw([file], [3], plain(1))).toThrow(/16 bytes are not 1 parts of shape \[3\]/);
  });
});
