import { keys, type RoleCredentials, readFederation, signer } from '@triad/net';
import { beforeAll, describe, expect, it } from 'vitest';
import { seal, unseal } from './seal.js';

let identities: readonly RoleCredentials[];
beforeAll(async () => {
  identities = await keys('fed', ['0', '1', 'alice', 'bob']);
});

const identity = (role: string) => identities.find((each) => each.role === role)!;
const envelope = { from: '0', to: 'alice', job: 'a'.repeat(32) };
const federation = () => readFederation(identity('0'));
const sealed = (file: Uint8Array, from = '0') =>
  seal(federation(), envelope, { file, sign: signer(identity(from)) });
const open = (bytes: Uint8Array, change: Partial<typeof envelope> = {}, as = 'alice') =>
  unseal(federation(), { ...envelope, ...change }, { sealed: bytes, key: identity(as).seal });

const contents = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7) % 251);
const mismatch = expect.objectContaining({ code: 'mismatch' });

describe('a sealed file', () => {
  it.each([0, 1, 2 ** 20 - 64, 2 ** 20, 2_500_000])(
    'of %d bytes is opened by its receiver',
    async (length) => {
      const opened = await open(await sealed(contents(length)));
      expect(Buffer.compare(opened, contents(length))).toBe(0);
    },
  );

  it('is opened by nobody else, and from nobody else, and for no other job', async () => {
    const bytes = await sealed(contents(100));
    await expect(open(bytes, {}, 'bob')).rejects.toEqual(mismatch);
    await expect(open(bytes, { to: 'bob' })).rejects.toEqual(mismatch);
    await expect(open(bytes, { from: '1' })).rejects.toEqual(mismatch);
    await expect(open(bytes, { job: 'b'.repeat(32) })).rejects.toEqual(mismatch);
    await expect(open(await sealed(contents(100), '1'))).rejects.toEqual(mismatch);
  });

  it('is refused when a byte of it has changed, a piece is missing, or two changed places', async () => {
    const bytes = await sealed(contents(2_500_000));
    for (const at of [0, 20, 100, 2 ** 20, bytes.length - 1]) {
      const changed = bytes.slice();
      changed[at]! ^= 1;
      await expect(open(changed)).rejects.toEqual(mismatch);
    }
    const [start, piece] = ['triad/sealed/1\n'.length + 65, 2 ** 20 + 16];
    await expect(open(bytes.subarray(0, start + 2 * piece))).rejects.toEqual(mismatch);
    await expect(open(bytes.subarray(0, start))).rejects.toEqual(mismatch);
    const swapped = Buffer.concat([
      bytes.subarray(0, start),
      bytes.subarray(start + piece, start + 2 * piece),
      bytes.subarray(start, start + piece),
      bytes.subarray(start + 2 * piece),
    ]);
    await expect(open(swapped)).rejects.toEqual(mismatch);
  });

  it('shows nothing of what is in it', async () => {
    const text = Buffer.from('the very same words, again and again');
    expect(Buffer.from(await sealed(text)).includes(text.subarray(0, 12))).toBe(false);
    expect(await sealed(text)).not.toEqual(await sealed(text));
  });
});
