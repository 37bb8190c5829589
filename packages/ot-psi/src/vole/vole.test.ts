import { seededBytes } from '@triad/protocol';
import { memory, Tensor } from '@triad/ring';
import { describe, expect, test } from 'vitest';
import { linksOf, openPair } from '../fixture/pair.js';
import { kernels } from '../kernel.js';
import { baseForReceiver, baseForSender } from '../ot/index.js';
import { encode } from './code.js';
import { drawNoise } from './noise.js';
import { memoryLength, voleShape } from './parameter.js';
import { sumBytes, TreeExpander } from './tree.js';
import { receiveVole, sendVole } from './vole.js';

const big = (bytes: Uint8Array, i: number) =>
  BigInt(
    `0x${Buffer.from(bytes.subarray(16 * i, 16 * i + 16))
      .reverse()
      .toString('hex')}`,
  );

/** Polynomials over GF(2) modulo x^128 + x^7 + x^2 + x + 1. */
const multiply = (x: bigint, y: bigint): bigint => {
  let [out, power] = [0n, x];
  for (let rest = y; rest > 0n; rest >>= 1n) {
    if (rest & 1n) out ^= power;
    power <<= 1n;
    if (power >> 128n) power ^= (1n << 128n) | 0x87n;
  }
  return out;
};

const tensorOf = (bytes: Uint8Array) => Tensor.fromBytes([bytes.length / 16, 2], bytes);
const codeKey = seededBytes(1, 0)(16);

test('products by a table are those of polynomials', () => {
  const [factor, a, b] = [1, 2, 3].map((seed) => seededBytes(seed, 0)(16 * 64));
  const [f, x, y] = [factor!, a!, b!].map(tensorOf);
  const table = Tensor.empty([8192]);
  kernels().gfTable(f!.ptr, table.ptr);
  kernels().multiplyAdd(table.ptr, x!.ptr, y!.ptr, y!.ptr, 64);
  const out = y!.toBytes();
  for (let i = 0; i < 64; i++) expect(big(out, i)).toBe(big(b!, i) ^ multiply(big(factor!, 0), big(a!, i)));
  for (const tensor of [f!, x!, y!, table]) tensor.dispose();
});

describe.each([1, 300, 5000])('a VOLE of %i', (count) => {
  test('is c = b + delta a, with a that does not repeat', async () => {
    const before = memory.liveBytes;
    const { sessions } = await openPair(count);
    const link = linksOf(sessions, count);
    const [theirs, own] = await Promise.all([
      baseForReceiver(link(0, 'base')),
      baseForSender(link(1, 'base')),
    ]);
    const receive = async () => {
      const pending = await receiveVole(link(0, 'vole'), theirs, count, codeKey);
      const out = await pending.finish();
      pending.dispose();
      return out;
    };
    const [pairs, b] = await Promise.all([receive(), sendVole(link(1, 'vole'), own, count, codeKey)]);
    const [ac, bs] = [pairs.toBytes(), b.toBytes()];
    const delta = big(own.delta, 0);
    const seen = new Set<bigint>();
    for (let i = 0; i < count; i++) {
      const a = big(ac, 2 * i);
      expect(big(ac, 2 * i + 1)).toBe(big(bs, i) ^ multiply(delta, a));
      seen.add(a);
    }
    expect(seen.size).toBe(count);
    pairs.dispose();
    b.dispose();
    expect(memory.liveBytes).toBe(before);
  });
});

test('the code is linear, and the same for blocks and for pairs of them', () => {
  const shape = voleShape(1000);
  const length = 16 * (shape.noisy + memoryLength);
  const [x, y] = [seededBytes(4, 0)(length), seededBytes(4, 1)(length)];
  const encoded = (bytes: Uint8Array) => {
    const tensor = tensorOf(bytes);
    encode(tensor.ptr, 1, shape, codeKey);
    const out = tensor.toBytes().subarray(0, 16 * shape.count);
    tensor.dispose();
    return out;
  };
  const xor = (p: Uint8Array, q: Uint8Array) => p.map((byte, i) => byte ^ q[i]!);
  const [ex, ey] = [encoded(x), encoded(y)];
  expect(encoded(xor(x, y))).toEqual(xor(ex, ey));
  const interleaved = new Uint8Array(2 * length);
  for (let i = 0; i < length; i += 16) {
    interleaved.set(x.subarray(i, i + 16), 2 * i);
    interleaved.set(y.subarray(i, i + 16), 2 * i + 16);
  }
  const pairs = tensorOf(interleaved);
  encode(pairs.ptr, 2, shape, codeKey);
  const out = pairs.toBytes();
  for (let i = 0; i < shape.count; i++) {
    expect(big(out, 2 * i)).toBe(big(ex, i));
    expect(big(out, 2 * i + 1)).toBe(big(ey, i));
  }
  pairs.dispose();
});

test('one element before the code moves many after it', () => {
  const shape = voleShape(2000);
  const bytes = new Uint8Array(16 * (shape.noisy + memoryLength));
  bytes[16 * (shape.count + 10)] = 1;
  const tensor = tensorOf(bytes);
  encode(tensor.ptr, 1, shape, codeKey);
  const out = tensor.toBytes().subarray(0, 16 * shape.count);
  const moved = out.filter((byte) => byte !== 0).length;
  expect(moved).toBeGreaterThan(0.4 * shape.count);
  expect(moved).toBeLessThan(0.6 * shape.count);
  tensor.dispose();
});

describe('a punctured tree', () => {
  test.each([2, 50, 172, 1000])('of %i leaves has all of them but one, which is zero', (leaves) => {
    const shape = { ...voleShape(128 * leaves), leaves, depth: Math.max(1, Math.ceil(Math.log2(leaves))) };
    const expander = new TreeExpander(shape);
    const root = tensorOf(seededBytes(leaves, 1)(16));
    const sums = Tensor.empty([shape.depth * 4]);
    const whole = memory
      .u8()
      .slice(expander.expand(root.ptr, sums.ptr))
      .slice(0, 16 * leaves);
    for (const at of [0, 1, leaves >> 1, leaves - 1]) {
      const messages = Tensor.empty([shape.depth, 2]);
      const said = sums.toBytes();
      for (let level = 0; level < shape.depth; level++) {
        const side = 1 ^ ((at >>> (shape.depth - 1 - level)) & 1);
        const from = level * sumBytes + 16 * side;
        memory.u8().set(said.subarray(from, from + 16), messages.ptr + 16 * level);
      }
      const made = expander.expandPunctured({ at, messages: messages.ptr });
      const punctured = memory.u8().slice(made, made + 16 * leaves);
      const expected = whole.slice();
      expected.fill(0, 16 * at, 16 * at + 16);
      expect(Buffer.compare(punctured, expected)).toBe(0);
      messages.dispose();
    }
    for (const room of [root, sums, expander]) room.dispose();
  });
});

test('noise lies in its intervals, evenly, and its choices are the other sides of the paths', () => {
  const shape = voleShape(128 * 1000);
  const quarter = new Float64Array(4);
  for (let run = 0; run < 40; run++) {
    const { places, choices } = drawNoise(shape, seededBytes(run, 0));
    for (const [tree, place] of places.entries()) {
      expect(place).toBeLessThan(shape.leaves);
      quarter[Math.floor((4 * place) / shape.leaves)]!++;
      let path = 0;
      for (let level = 0; level < shape.depth; level++)
        path = 2 * path + (1 - choices[tree * shape.depth + level]!);
      expect(path).toBe(place);
    }
  }
  // 10240 places: 2560 in each quarter, deviation 44.
  for (const count of quarter) expect(Math.abs(count - 2560)).toBeLessThan(5 * 44);
});
