import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type DelayingProxy, delayingProxy } from './delay.js';

const delay = 30;

/** A server that sends back what it gets, a proxy before it, and a connection through both. */
const echo = async () => {
  const server = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = await delayingProxy((server.address() as AddressInfo).port, delay);
  const socket = connect({ host: '127.0.0.1', port: proxy.port });
  await once(socket, 'connect');
  return { server, proxy, socket };
};

const receive = async (socket: Socket, length: number): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of socket) {
    parts.push(part as Buffer);
    if (parts.reduce((n, each) => n + each.length, 0) >= length) break;
  }
  return Buffer.concat(parts);
};

describe('a delaying proxy', () => {
  let open: { close(): void }[] = [];
  afterEach(() => {
    for (const each of open) each.close();
    open = [];
  });

  const setUp = async (): Promise<{ proxy: DelayingProxy; socket: Socket }> => {
    const { server, proxy, socket } = await echo();
    open.push(proxy, server, { close: () => socket.destroy() });
    return { proxy, socket };
  };

  it('passes on all bytes in their order, none before its time both ways', async () => {
    const { socket } = await setUp();
    const sent = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) >> 8));
    const start = performance.now();
    for (let i = 0; i < sent.length; i += 100_000) socket.write(sent.subarray(i, i + 100_000));
    expect(Buffer.compare(await receive(socket, sent.length), sent)).toBe(0);
    expect(performance.now() - start).toBeGreaterThanOrEqual(2 * delay);
  });

  it('ends a connection when the other side has ended, and what was sent before arrives', async () => {
    const { socket } = await setUp();
    const said = receive(socket, Number.POSITIVE_INFINITY);
    socket.end('goodbye');
    expect((await said).toString()).toBe('goodbye');
  });
});
