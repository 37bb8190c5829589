import { readFileSync } from 'node:fs';
import { memory, Tensor } from '@triad/ring';
import { expect, test } from 'vitest';
import { setOf } from '../fixture/pair.js';
import { kernels } from '../kernel.js';
import { Batch, planeBytes } from './batch.js';
import { chooseBins } from './cuckoo.js';
import { blockBytes, keysOf, rowBytes } from './run.js';

interface Item {
  readonly digest: string;
  readonly bins: readonly number[];
  readonly code: string;
  readonly row: string;
  readonly mask: string;
}
interface Run {
  readonly keys: string;
  readonly secret: string;
  readonly count: number;
  readonly items: readonly Item[];
}
const vectors = JSON.parse(readFileSync(new URL('../../vector/kkrt16.json', import.meta.url), 'utf8')) as {
  readonly runs: readonly Run[];
};

const fromHex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const tensorOf = (text: string) => Tensor.fromBytes([text.length / 16], fromHex(text));
const hexOf = (x: Tensor) => Buffer.from(x.toBytes()).toString('hex');
const joined = (items: readonly Item[], field: 'digest' | 'code' | 'row' | 'mask') =>
  items.map((item) => item[field]).join('');

test.each(vectors.runs)('bins among $count agree with the independent computation', (run) => {
  const set = setOf(fromHex(joined(run.items, 'digest')));
  const choices = chooseBins(set, keysOf(fromHex(run.keys)).bin, run.count);
  const bins = new Uint32Array(choices.toBytes().buffer);
  for (const [i, row] of set.rows.entries()) {
    expect([...bins.subarray(4 * i, 4 * i + 3)]).toEqual(run.items[row]!.bins);
  }
  set.dispose();
  choices.dispose();
});

test.each(vectors.runs)('codes and masks of runs with $count bins do', ({ keys, secret, items }) => {
  const n = items.length;
  const batch = new Batch(keysOf(fromHex(keys)));
  const tensors = {
    digests: tensorOf(joined(items, 'digest')),
    rows: tensorOf(joined(items, 'row')),
    codes: Tensor.zeros([(n * rowBytes) / 8]),
    secret: tensorOf(secret),
    bins: Tensor.fromBytes([n], new Uint8Array(Uint32Array.from({ length: 2 * n }, (_, i) => i).buffer)),
    // Every place is taken.
    table: Tensor.zeros([n]),
  };
  const at = (name: keyof typeof tensors) => tensors[name].ptr;
  batch.encode(at('digests'), n);
  kernels().addCodes(at('codes'), at('digests'), batch.codes, planeBytes, at('table'), n);
  expect(hexOf(tensors.codes)).toBe(joined(items, 'code'));
  const bins = at('bins');
  kernels().addSecretCodes(
    at('rows'),
    bins,
    at('digests'),
    batch.codes,
    planeBytes,
    at('secret'),
    n,
    batch.rows,
  );
  batch.hash(n);
  const masks = memory.u8().slice(batch.rows, batch.rows + n * blockBytes);
  expect(Buffer.from(masks).toString('hex')).toBe(joined(items, 'mask'));
  for (const tensor of Object.values(tensors)) tensor.dispose();
  batch.dispose();
});
