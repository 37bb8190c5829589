import { local, openSession, seededBytes } from '@triad/protocol';
import { memory, Tensor } from '@triad/ring';
import { expect, test } from 'vitest';
import { kernels } from '../kernel.js';
import {
  baseForReceiver,
  baseForSender,
  type OtLink,
  type ReceiverSeeds,
  receiveRandomOt,
  type SenderSeeds,
  sendRandomOt,
} from './index.js';

const parties = async () => {
  const { channels } = local(2);
  const [sender, receiver] = await Promise.all(
    channels.map((channel) => openSession(channel, { parties: 2 })),
  );
  const links = (name: string): readonly [OtLink, OtLink] => [
    { session: sender!, op: sender!.op(name), peer: 1 },
    { session: receiver!, op: receiver!.op(name), peer: 0 },
  ];
  const [s, r] = links('base');
  const [own, theirs] = await Promise.all([baseForSender(s), baseForReceiver(r)]);
  return { links, own, theirs };
};

const extend = async (
  [s, r]: readonly [OtLink, OtLink],
  own: SenderSeeds,
  theirs: ReceiverSeeds,
  choices: Uint8Array,
) => Promise.all([sendRandomOt(s, own, choices.length), receiveRandomOt(r, theirs, choices)]);

const at = (messages: Uint8Array, i: number) =>
  Buffer.from(messages.subarray(16 * i, 16 * i + 16)).toString('hex');

test('the receiver has the message it chose, and no message comes twice', async () => {
  const { links, own, theirs } = await parties();
  const seen = new Set<string>();
  let total = 0;
  for (const count of [1, 127, 128, 129, 5000, 2 ** 17 + 3]) {
    const choices = seededBytes(count, 0)(count).map((byte) => byte & 1);
    const before = memory.liveBytes;
    const [pairs, messages] = await extend(links(`run ${count}`), own, theirs, choices);
    expect(memory.liveBytes).toBe(before);
    let wrong = 0;
    for (let i = 0; i < count; i++) {
      if (at(messages, i) !== at(pairs[choices[i]!]!, i)) wrong++;
      seen.add(at(pairs[0], i)).add(at(pairs[1], i));
    }
    expect(wrong).toBe(0);
    total += 2 * count;
  }
  expect(seen.size).toBe(total);
});

test('an op serves one run, and at least one OT', async () => {
  const { links, own, theirs } = await parties();
  const choices = Uint8Array.of(0, 1);
  const both = links('once');
  await extend(both, own, theirs, choices);
  await expect(receiveRandomOt(both[1], theirs, choices)).rejects.toMatchObject({ code: 'address-reused' });
  await expect(sendRandomOt(links('none')[0], own, 0)).rejects.toMatchObject({ code: 'bad-argument' });
});

test('columns become rows', () => {
  for (const [columns, rows, padding] of [
    [128, 128, 0],
    [128, 1280, 0],
    [256, 128, 8],
    [512, 256, 64],
  ] as const) {
    const stride = rows / 8 + padding;
    const x = Tensor.fromBytes([columns, stride / 8], seededBytes(columns, rows)(columns * stride));
    const y = Tensor.empty([rows, columns / 64]);
    const scratch = Tensor.empty([256]);
    kernels().transposeBits(x.ptr, stride, y.ptr, columns, rows, scratch.ptr);
    const [from, to] = [x.toBytes(), y.toBytes()];
    const bit = (bytes: Uint8Array, i: number) => (bytes[i >> 3]! >> (i & 7)) & 1;
    for (let i = 0; i < columns * rows; i += 7) {
      const [column, row] = [Math.floor(i / rows), i % rows];
      expect(bit(to, row * columns + column)).toBe(bit(from, 8 * column * stride + row));
    }
    for (const tensor of [x, y, scratch]) tensor.dispose();
  }
});
