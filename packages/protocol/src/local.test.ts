import { describe, expect, it } from 'vitest';
import type { Address } from './address.js';
import type { Channel } from './channel.js';
import { local, type Message } from './local.js';

const at = (index: number): Address => ({ step: 0, index, path: 0 });
const bytes = (...values: number[]) => Uint8Array.from(values);
const refused = (code: string) => expect.objectContaining({ code });

describe('local channels', () => {
  it('count the longest chain of dependent messages', async () => {
    const network = local(3);
    const [a, b, c] = network.channels as [Channel, Channel, Channel];
    // Two independent exchanges and a chain of three, all at once.
    const exchange = async (x: Channel, y: Channel, index: number) => {
      x.send(y.rank, at(index), bytes(1));
      y.send(x.rank, at(index), bytes(2));
      return Promise.all([x.recv(y.rank, at(index)), y.recv(x.rank, at(index))]);
    };
    const chain = async () => {
      a.send(1, at(9), bytes(1));
      b.send(2, at(9), await b.recv(0, at(9)));
      c.send(0, at(9), await c.recv(1, at(9)));
      return a.recv(2, at(9));
    };
    const [, , last] = await Promise.all([exchange(a, b, 0), exchange(b, c, 1), chain()]);
    expect(last).toEqual(bytes(1));
    expect(network.rounds).toBe(3);
    await exchange(a, c, 2);
    expect(network.rounds).toBe(4);
  });

  it('count payload bytes and messages', async () => {
    const [a, b] = local(2).channels as [Channel, Channel];
    a.send(1, at(0), bytes(1, 2, 3));
    a.send(1, at(1), bytes());
    await b.recv(0, at(1));
    expect(a.traffic).toEqual({ sent: { bytes: 3, messages: 2 }, received: { bytes: 0, messages: 0 } });
    expect(b.traffic).toEqual({ sent: { bytes: 0, messages: 0 }, received: { bytes: 3, messages: 2 } });
  });

  it('link outside parties to computing ones only', () => {
    const { channels } = local(2, { outside: 2 });
    expect(channels.map((channel) => channel.peers)).toEqual([
      [1, 2, 3],
      [0, 2, 3],
      [0, 1],
      [0, 1],
    ]);
    expect(() => channels[2]!.send(3, at(0), bytes())).toThrow(refused('bad-argument'));
    expect(() => channels[0]!.send(0, at(0), bytes())).toThrow(refused('bad-argument'));
  });

  it('show a tap every message', async () => {
    const seen: Message[] = [];
    const tap = (message: Message) => {
      seen.push(message);
      return message.bytes;
    };
    const [a, b] = local(2, { tap }).channels as [Channel, Channel];
    a.send(1, at(4), bytes(1));
    b.send(0, at(5), await b.recv(0, at(4)));
    await a.recv(1, at(5));
    expect(seen).toEqual([
      { from: 0, to: 1, address: at(4), bytes: bytes(1), round: 1 },
      { from: 1, to: 0, address: at(5), bytes: bytes(1), round: 2 },
    ]);
  });

  it('let a tap change and drop messages', async () => {
    const tap = ({ address, bytes: sent }: Message) => (address.index === 0 ? undefined : bytes(...sent, 9));
    const [a, b] = local(2, { tap }).channels as [Channel, Channel];
    const dropped = b.recv(0, at(0));
    a.send(1, at(0), bytes(1));
    a.send(1, at(1), bytes(2));
    expect(await b.recv(0, at(1))).toEqual(bytes(2, 9));
    await b.close();
    await expect(dropped).rejects.toThrow(refused('closed'));
    expect(b.traffic.received).toEqual({ bytes: 2, messages: 1 });
  });

  it('fail a link on which an address comes twice', async () => {
    const [a, b] = local(2).channels as [Channel, Channel];
    a.send(1, at(0), bytes(1));
    a.send(1, at(0), bytes(2));
    a.send(1, at(1), bytes(3));
    await expect(b.recv(0, at(2))).rejects.toMatchObject({ code: 'bad-message', party: 0 });
    expect(await b.recv(0, at(0))).toEqual(bytes(1));
    await expect(b.recv(0, at(1))).rejects.toMatchObject({ code: 'bad-message', party: 0 });
  });
});

describe('closing a local channel', () => {
  it('tells the peers why, after what was sent', async () => {
    const [a, b, c] = local(3).channels as [Channel, Channel, Channel];
    const waiting = b.recv(0, at(1));
    a.send(1, at(0), bytes(1));
    await a.close(new Error('out of coffee'));
    await expect(waiting).rejects.toMatchObject({
      code: 'closed',
      party: 0,
      message: expect.stringMatching(/out of coffee/),
    });
    expect(await b.recv(0, at(0))).toEqual(bytes(1));
    b.send(2, at(0), bytes(2));
    expect(await c.recv(1, at(0))).toEqual(bytes(2));
  });

  it('ends its own calls with the reason, once', async () => {
    const [a] = local(2).channels as [Channel, Channel];
    const reason = new Error('done');
    const waiting = a.recv(1, at(0));
    await Promise.all([a.close(reason), a.close(new Error('again'))]);
    await expect(waiting).rejects.toBe(reason);
    await expect(a.recv(1, at(1))).rejects.toBe(reason);
    expect(() => a.send(1, at(0), bytes())).toThrow(refused('closed'));
  });
});
