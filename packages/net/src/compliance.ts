import assert from 'node:assert/strict';
import { type Address, type Channel, type ErrorCode, type Rank, TriadError } from '@triad/protocol';

/** The two functions of a test runner (vitest, node:test, mocha) that the suite needs. */
export interface Runner {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>) => void;
}

/** Fresh channels of three computing parties (ranks 0 to 2) and two outside ones (3 and 4), all connected. */
export type MakeChannels = () => Promise<readonly Channel[]>;

/** What any `Channel` must do, whatever carries its bytes. */
export const channelSuite = (name: string, make: MakeChannels, { describe, it }: Runner): void => {
  const law = (title: string, body: (...channels: Channel[]) => Promise<void>) =>
    it(title, async () => {
      const channels = await make();
      try {
        await body(...channels);
      } finally {
        await Promise.all(channels.map((channel) => channel.close()));
      }
    });
  describe(`${name} is a channel`, () => {
    for (const [title, body] of laws) law(title, body as (...channels: Channel[]) => Promise<void>);
  });
};

type Five = [Channel, Channel, Channel, Channel, Channel];
type Law = readonly [title: string, body: (...channels: Five) => Promise<void>];

const at = (step: number, index = 0, path = 0): Address => ({ step, index, path });

/** Bytes that tell where they came from. */
const filled = (length: number, seed: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8) * 7 + seed) & 0xff;
  return bytes;
};

const same = (actual: Uint8Array, expected: Uint8Array): void => {
  assert.equal(actual.length, expected.length);
  assert.ok(Buffer.compare(actual, expected) === 0, 'other bytes arrived than were sent');
};

const fails = async (promise: Promise<unknown>, code: ErrorCode, party?: Rank): Promise<TriadError> => {
  const error = await promise.then(
    () => assert.fail(`nothing failed, where ${code} should`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof TriadError, String(error));
  assert.equal(error.code, code, error.message);
  if (party !== undefined) assert.equal(error.party, party);
  return error;
};

const laws: readonly Law[] = [
  [
    'knows its rank and its peers; outside parties are linked to computing ones only',
    async (...channels) => {
      assert.deepEqual(
        channels.map(({ rank }) => rank),
        [0, 1, 2, 3, 4],
      );
      for (const { rank, peers } of channels) {
        const expected = [0, 1, 2, 3, 4].filter((peer) => peer !== rank && (peer < 3 || rank < 3));
        assert.deepEqual([...peers].sort(), expected);
      }
      assert.throws(() => channels[3].send(4, at(0), filled(1, 0)), { code: 'bad-argument' });
    },
  ],
  [
    'carries messages by address, whatever the order of sending and asking',
    async (a, b) => {
      const early = b.recv(0, at(7, 1));
      for (const [i, address] of [at(0), at(0, 1), at(0, 1, 1), at(7, 1), at(3)].entries()) {
        a.send(1, address, filled(64, i));
      }
      same(await b.recv(0, at(3)), filled(64, 4));
      same(await b.recv(0, at(0, 1, 1)), filled(64, 2));
      same(await b.recv(0, at(0)), filled(64, 0));
      same(await b.recv(0, at(0, 1)), filled(64, 1));
      same(await early, filled(64, 3));
    },
  ],
  [
    'keeps apart the directions and the peers of one address',
    async (...channels) => {
      for (const channel of channels) {
        for (const peer of channel.peers) channel.send(peer, at(1), filled(8, 10 * channel.rank + peer));
      }
      for (const channel of channels) {
        for (const peer of channel.peers)
          same(await channel.recv(peer, at(1)), filled(8, 10 * peer + channel.rank));
      }
    },
  ],
  [
    'carries empty messages and messages of many pieces, mixed',
    async (a, b) => {
      const sizes = [0, 1, 125, 126, 2 ** 16 - 17, 2 ** 16, 3, 2 ** 22, 2 ** 22 + 1, 5, 9 * 2 ** 20 + 3, 0];
      for (const [i, size] of sizes.entries()) a.send(1, at(i), filled(size, i));
      for (const [i, size] of sizes.entries()) same(await b.recv(0, at(i)), filled(size, i));
    },
  ],
  [
    'carries a thousand dependent rounds around the ring',
    async (...channels) => {
      const around = async (channel: Channel) => {
        for (let round = 0; round < 1000; round++) {
          channel.send((channel.rank + 1) % 3, at(round), filled(64, round));
          same(await channel.recv((channel.rank + 2) % 3, at(round)), filled(64, round));
          channel.retire(round);
        }
      };
      await Promise.all(channels.slice(0, 3).map(around));
    },
  ],
  [
    'counts payload bytes and messages',
    async (a, b) => {
      a.send(1, at(0), filled(100, 0));
      a.send(1, at(1), filled(5, 0));
      await b.recv(0, at(1));
      assert.deepEqual(a.traffic.sent, { bytes: 105, messages: 2 });
      assert.deepEqual(b.traffic.received, { bytes: 105, messages: 2 });
      assert.deepEqual(b.traffic.sent, { bytes: 0, messages: 0 });
    },
  ],
  [
    'drains while the other side reads',
    async (a, b) => {
      const send = async () => {
        for (let i = 0; i < 48; i++) {
          a.send(1, at(i), filled(2 ** 20, i));
          await a.drain();
        }
      };
      const read = async () => {
        for (let i = 0; i < 48; i++) same(await b.recv(0, at(i)), filled(2 ** 20, i));
      };
      await Promise.all([send(), read()]);
    },
  ],
  [
    'gives a message once',
    async (a, b) => {
      a.send(1, at(0), filled(1, 0));
      await b.recv(0, at(0));
      await fails(b.recv(0, at(0)), 'address-reused');
    },
  ],
  [
    'fails a link over which an address comes twice',
    async (a, b) => {
      a.send(1, at(0), filled(1, 0));
      a.send(1, at(0), filled(1, 1));
      await fails(b.recv(0, at(1)), 'bad-message', 0);
    },
  ],
  [
    'refuses what comes for a step that is over',
    async (a, b) => {
      b.retire(4);
      await fails(b.recv(0, at(4)), 'address-reused');
      a.send(1, at(4), filled(1, 0));
      await fails(b.recv(0, at(5)), 'bad-message', 0);
    },
  ],
  [
    'delivers what was sent before an ordinary end, and names who ended',
    async (a, b, c) => {
      const never = fails(b.recv(0, at(9)), 'closed', 0);
      a.send(1, at(0), filled(3 * 2 ** 20, 1));
      await a.close();
      await never;
      same(await b.recv(0, at(0)), filled(3 * 2 ** 20, 1));
      await fails(b.recv(0, at(1)), 'closed', 0);
      b.send(2, at(0), filled(4, 2));
      same(await c.recv(1, at(0)), filled(4, 2));
    },
  ],
  [
    'tells peers the reason for which a party stopped',
    async (a, b, c) => {
      const waiting = [b.recv(0, at(0)), c.recv(0, at(0))].map((promise) =>
        promise.then(
          () => '',
          (error: Error) => error.message,
        ),
      );
      await a.close(new TriadError('limit', 'the cellar is full', { party: 0 }));
      for (const message of await Promise.all(waiting)) assert.match(message, /the cellar is full/);
    },
  ],
  [
    'is closed for good',
    async (a) => {
      const waiting = fails(a.recv(1, at(0)), 'closed');
      await a.close();
      await a.close();
      await waiting;
      assert.throws(() => a.send(1, at(1), filled(1, 0)), { code: 'closed' });
      await fails(a.recv(2, at(1)), 'closed');
    },
  ],
];
