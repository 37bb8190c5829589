import { plain, TriadError } from '@triad/protocol';
import { memory } from '@triad/ring';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NdArray } from '../nd-array.js';
import { checksumName, withChecksum } from './checksum.js';
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

const entry = (shape: readonly number[], start: number, end: number) => ({
  dtype: 'F64',
  shape,
  data_offsets: [start, end],
});

/** A file of this header, and as many bytes. */
const fileOf = (described: unknown, length: number): Uint8Array => {
  const json = bytesOf(JSON.stringify(described));
  const size = new Uint8Array(new BigUint64Array([BigInt(json.length)]).buffer);
  return Uint8Array.from([...size, ...json, ...new Uint8Array(length)]);
};

const errorOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
};

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

  it.each([
    ['a hole', { a: entry([1], 8, 16) }, 16, /does not begin where/],
    ['an overlap', { a: entry([1], 0, 8), b: entry([1], 0, 8) }, 8, /does not begin where/],
    ['bytes of no tensor', { a: entry([1], 0, 8) }, 16, /its tensors have 8 bytes, the file has 16/],
    ['a shape of 2^60 elements', { a: entry([2 ** 30, 2 ** 30], 0, 8) }, 8, /bytes its shape needs/],
    ['a shape whose size overflows', { a: entry(new Array(32).fill(2 ** 52), 0, 8) }, 8, /bytes its shape/],
    ['a negative length', { a: entry([-1], 8, 0) }, 8, /has no shape/],
    ['a fraction', { a: entry([0.5], 0, 4) }, 4, /has no shape/],
    ['33 axes', { a: entry(new Array(33).fill(1), 0, 8) }, 8, /has no shape/],
    ['an end before its start', { a: entry([1], 8, 0) }, 8, /bytes its shape needs/],
    ['three offsets', { a: { dtype: 'F64', shape: [1], data_offsets: [0, 8, 8] } }, 8, /has no place/],
    ['another type', { a: { dtype: 'BF16', shape: [4], data_offsets: [0, 8] } }, 8, /elements of a type/],
    ['an inherited type', { a: { dtype: 'toString', shape: [4], data_offsets: [0, 8] } }, 8, /of a type/],
    ['metadata of numbers', { __metadata__: { a: 1 } }, 0, /metadata are not all strings/],
    ['a list', [], 0, /no JSON object/],
    ['a tensor that is null', { a: null }, 0, /is not described/],
  ])('refuses %s', (_, described, length, message) => {
    const error = errorOf(() => decodeSafetensors(fileOf(described, length)));
    expect(error).toMatchObject({ code: 'bad-argument', message: expect.stringMatching(message) });
  });

  it('ends in a value or a typed error, whatever bytes are changed', () => {
    const original = encodeModel({ w: [[1, 2]], b: [3] });
    const change = fc.tuple(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const file = original.slice();
        for (const [at, by] of changes) file[at]! ^= by;
        const error = errorOf(() => decodeSafetensors(file));
        expect(error === undefined || error instanceof TriadError).toBe(true);
      }),
      { seed: 2, numRuns: 2000 },
    );
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

  it('from elsewhere have no checksum', () => {
    expect(describeModel(vector)).toEqual({
      kind: 'foreign',
      checksum: 'absent',
      parameters: { a: [2], b: [] },
    });
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
      expect(
        errorOf(() => decryptModel([damaged], plain(1))),
        `byte ${i}`,
      ).toBeInstanceOf(TriadError);
    }
  });

  it('whose copies differ are refused, and the parameter and the parties named', () => {
    const [a, b] = encryptModel(weights, plain(3));
    const { metadata, tensors } = decodeSafetensors(b!.slice());
    tensors.get('fc.b_0')!.bytes[0]! ^= 1;
    const forged = encodeSafetensors(withChecksum({ metadata, tensors }));
    const error = errorOf(() => decryptModel([a!, forged], plain(3)));
    expect(error).toMatchObject({
      code: 'mismatch',
      message: expect.stringMatching(/'fc\.b_0'.*parties 0 and 1/),
    });
  });

  it('of a party that gives another model, or none, or another share than its own, show whose they are', () => {
    const files = encryptModel(weights, plain(3));
    const other = encryptModel({ ...weights, more: new NdArray([1], Float64Array.of(1)) }, plain(3));
    for (const party of [0, 1, 2]) {
      const given = (file: Uint8Array) => files.map((own, i) => (i === party ? file : own));
      const next = (party + 1) % 3;
      for (const file of [other[party]!, files[next]!, new Uint8Array(100)])
        expect(errorOf(() => decryptModel(given(file), plain(3), [0, 1, 2]))).toMatchObject({ party });
    }
    expect(decryptModel([files[2]!, files[0]!], plain(3), [2, 0])).toEqual(decryptModel(files, plain(3)));
  });

  it('of one party that contradicts the others show whose they are, and are not needed', () => {
    const files = encryptModel(weights, plain(3));
    const { metadata, tensors } = decodeSafetensors(files[1]!.slice());
    tensors.get('fc.b_0')!.bytes[0]! ^= 1;
    const forged = encodeSafetensors(withChecksum({ metadata, tensors }));
    const error = errorOf(() => decryptModel([files[0]!, forged, files[2]!], plain(3)));
    expect(error).toMatchObject({
      code: 'mismatch',
      party: 1,
      message: expect.stringMatching(/'fc\.b_0'.*leave its share out/),
    });
    expect(decryptModel([files[0]!, files[2]!], plain(3))).toEqual(decryptModel(files, plain(3)));
  });

  it('without a checksum, of another version, or with numbers that contradict each other are refused', () => {
    const [file] = encryptModel(weights, plain(1));
    const { metadata, tensors } = decodeSafetensors(file!);
    const { [checksumName]: _, ...bare } = metadata;
    const read = (changed: Readonly<Record<string, string>>, seal = true) => {
      const content = { metadata: { ...bare, ...changed }, tensors };
      return errorOf(() =>
        decryptModel([encodeSafetensors(seal ? withChecksum(content) : content)], plain(1)),
      );
    };
    expect(read({})).toBeUndefined();
    expect(read({}, false)).toMatchObject({ message: expect.stringContaining('no checksum') });
    for (const changed of [
      { 'triad.version': '2' },
      { 'triad.party': '1' },
      { 'triad.steps': '-1' },
      { 'triad.model': 'x' },
      { 'triad.parameters': '{"a":[]}' },
      { 'triad.parameters': '{' },
      { 'triad.fractionBits': '63' },
    ])
      expect(read(changed)).toMatchObject({ code: 'bad-argument' });
  });

  it('give all memory back', () => {
    const before = memory.liveBytes;
    decryptModel(encryptModel(weights, plain(3)), plain(3));
    errorOf(() => encryptModel({ a: [1], w: [2 ** 50] }, plain(3)));
    expect(memory.liveBytes).toBe(before);
  });

  it('refuse values that do not fit', () => {
    for (const value of [2 ** 50, Number.NaN])
      expect(() => encryptModel({ w: [value] }, plain(3))).toThrow(/'w' does not fit fixed point/);
  });
});

describe('headerless parts', () => {
  it('are words, record after record', () => {
    const [file] = encryptRaw([1, -0.5], plain(1));
    expect([...new BigInt64Array(file!.buffer)]).toEqual([65536n, -32768n]);
    expect([...decryptRaw([file], [], plain(1)).data]).toEqual([1, -0.5]);
    const { shape, data } = decryptRaw([file, undefined], [2], plain(2));
    expect([shape, ...data]).toEqual([[1, 2], 1, -0.5]);
  });

  it('that are no whole records, or not equally many, are refused', () => {
    const [file] = encryptRaw([1, -0.5], plain(1));
    const message = /16 bytes are not records of 1 parts of shape \[3\]/;
    expect(() => decryptRaw([file], [3], plain(1))).toThrow(message);
    expect(() => decryptRaw([new Uint8Array(0)], [3], plain(1))).toThrow(/0 bytes are not records/);
    expect(() => decryptRaw([undefined], [3], plain(1))).toThrow(/0 bytes are not records/);
    expect(() => decryptRaw([file, file!.slice(8)], [], plain(2))).toThrow(/16, 8 bytes/);
    expect(() => encryptRaw(1, plain(1))).toThrow(/no rows/);
  });
});
