import { webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createContext, runInContext } from 'node:vm';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../fixture/redis.js';
import { serve } from './serve.js';

const keys = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `user${from + i}@example.org`);

/** What `page.html` has. */
const elements = () => {
  const element = () => ({
    value: '',
    textContent: '',
    disabled: false,
    click: () => {},
    addEventListener(_: 'click', listener: () => void) {
      this.click = listener;
    },
  });
  return { keys: element(), find: element(), state: element(), common: element() };
};

/** Runs the bundle with what a browser has, and no more: no process, Buffer or require. */
const openPage = async (address: string) => {
  const { origin, hash } = new URL(address);
  const page = elements();
  const context = createContext({
    document: { getElementById: (id: keyof typeof page) => page[id] },
    location: { hash },
    crypto: { getRandomValues: (bytes: Uint8Array) => webcrypto.getRandomValues(bytes) },
    TextEncoder,
    TextDecoder,
    URL,
    performance,
    queueMicrotask,
    setTimeout: (run: () => void, time?: number) => Number(setTimeout(run, time)),
    clearTimeout,
    setInterval: (run: () => void, time?: number) => Number(setInterval(run, time)),
    clearInterval,
    atob,
    btoa,
  });
  const bufferOf = runInContext('(bytes) => Uint8Array.from(bytes).buffer', context) as (
    bytes: Uint8Array,
  ) => ArrayBuffer;
  context.WebSocket = socketOf(origin, bufferOf);
  const bundle = new URL('dist/browser-psi/page.js', import.meta.resolve('@triad/examples/package.json'));
  runInContext(await readFile(bundle, 'utf8'), context);
  return page;
};

/** A browser's WebSocket, whose messages are of the page's own kind. */
const socketOf = (origin: string, bufferOf: (bytes: Uint8Array) => ArrayBuffer) =>
  class {
    readonly #web: WebSocket;
    binaryType = 'blob';

    constructor(url: string) {
      this.#web = new WebSocket(url, { origin });
      this.#web.binaryType = 'arraybuffer';
    }

    get readyState(): number {
      return this.#web.readyState;
    }

    get bufferedAmount(): number {
      return this.#web.bufferedAmount;
    }

    send(frame: Uint8Array): void {
      this.#web.send(Uint8Array.from(frame));
    }

    close(): void {
      this.#web.close();
    }

    addEventListener(type: 'open' | 'close' | 'error' | 'message', listener: (event: object) => void): void {
      if (type !== 'message') this.#web.addEventListener(type, () => listener({}));
      else {
        this.#web.addEventListener('message', ({ data }) =>
          listener({ data: bufferOf(new Uint8Array(data as ArrayBuffer)) }),
        );
      }
    }
  };

const ended = async (page: ReturnType<typeof elements>): Promise<void> => {
  while (page.find.disabled) await new Promise((resolve) => setTimeout(resolve, 20));
};

const serving = async (list: readonly string[], timeout = 20_000) => {
  const port = await freePort();
  let told: (url: string) => void = () => {};
  const ready = new Promise<string>((resolve) => {
    told = resolve;
  });
  const found = serve(list, { listen: `127.0.0.1:${port}`, timeout, onReady: told });
  found.catch(() => {});
  return { url: await ready, found };
};

it('a page and a process in Node find the keys that both have', async () => {
  const { url, found } = await serving(keys(0, 5000));
  const html = await (await fetch(url)).text();
  expect(html).toContain('<script src="page.js">');
  const page = await openPage(url);
  page.keys.value = keys(3000, 7096).reverse().join('\n');
  page.find.click();
  await ended(page);
  expect(page.state.textContent).toBe('2000 keys are common.');
  const common = keys(3000, 5000).sort();
  expect(page.common.textContent.split('\n')).toEqual(common);
  expect(await found).toEqual(common);
});

it('a page of another origin is not let in', async () => {
  const { url, found } = await serving(keys(0, 10), 2000);
  const page = await openPage(`http://evil.example/${new URL(url).hash}`);
  page.keys.value = keys(0, 10).join('\n');
  page.find.click();
  await expect(found).rejects.toMatchObject({ code: 'timeout' });
  expect(page.common.textContent).toBe('');
});
