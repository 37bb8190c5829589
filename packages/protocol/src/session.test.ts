import { Tensor } from '@triad/ring';
import { describe, expect, it } from 'vitest';
import { local } from './local.js';
import { openSession, type Prf, type Session } from './session.js';
import { seededBytes } from './simulate.js';

const open = (parties = 3, outside = 0, seed?: number): Promise<Session[]> =>
  Promise.all(
    local(parties, { outside }).channels.map((channel) => {
      const random = seed === undefined ? {} : { random: seededBytes(seed, channel.rank) };
      return openSession(channel, { parties, ...random });
    }),
  );

/** What a key gives at an address that nothing else uses. */
const stream = (prf: Prf): string => {
  const out = Tensor.empty([4]);
  prf.prg.fill(1, 2, 3, out);
  const words = out.toBigInts().join();
  out.dispose();
  return words;
};

const refused = (code: string) => expect.objectContaining({ code });

describe.each([2, 3, 4])('keys of %i parties', (parties) => {
  it('are shared by each pair alone, by all, and by nobody', async () => {
    const sessions = await open(parties);
    const pairs = sessions.flatMap((a, i) =>
      sessions.slice(i + 1).map((b) => {
        expect(stream(a.pair(b.rank))).toBe(stream(b.pair(a.rank)));
        return stream(a.pair(b.rank));
      }),
    );
    const commons = new Set(sessions.map((session) => stream(session.common)));
    const owns = sessions.map((session) => stream(session.own));
    expect(commons.size).toBe(1);
    const all = [...pairs, ...commons, ...owns];
    expect(new Set(all).size).toBe((parties * (parties - 1)) / 2 + 1 + parties);
  });
});

it('has an identifier that computing parties share, fresh in every session', async () => {
  const [first, second] = await Promise.all([open(3, 1), open(3, 1)]);
  const ids = first.slice(0, 3).map(({ id }) => id);
  expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(ids).size).toBe(1);
  expect(second[0]!.id).not.toBe(ids[0]);
  expect(first[3]!.id).toBeUndefined();
});

describe('keys', () => {
  it('are fresh in every session, and repeat from a seed', async () => {
    const all = async (seed?: number) => {
      const [a, b] = await open(3, 0, seed);
      return [a!.pair(1), a!.pair(2), b!.pair(2), a!.common, a!.own].map(stream);
    };
    const streams = [...(await all()), ...(await all()), ...(await all(1)), ...(await all(2))];
    expect(new Set(streams).size).toBe(streams.length);
    expect(await all(1)).toEqual(streams.slice(10, 15));
  });

  it('of outside parties are their own', async () => {
    const sessions = await open(2, 2);
    const [, , x, y] = sessions as [Session, Session, Session, Session];
    expect(stream(x.own)).not.toBe(stream(y.own));
    expect(() => x.pair(0)).toThrow(refused('bad-argument'));
    expect(() => x.common).toThrow(refused('bad-argument'));
    expect(() => sessions[0]!.pair(2)).toThrow(refused('bad-argument'));
    expect(() => sessions[0]!.pair(0)).toThrow(refused('bad-argument'));
  });
});

it('takes 62 parties in all', async () => {
  const [a, b] = await open(2, 60);
  expect(stream(a!.common)).toBe(stream(b!.common));
  await expect(open(2, 61)).rejects.toThrow(refused('bad-argument'));
});

describe('ops', () => {
  it('draw the same numbers at both ends, others at every address', async () => {
    const [a, b] = (await open()) as [Session, Session];
    const draw = (session: Session, peer: number, path: readonly number[], index = 0) => {
      const out = Tensor.empty([2]);
      path.reduce((op, k) => op.at(k), session.step(0).op(index)).draw(session.pair(peer), out);
      const words = out.toBigInts().join();
      out.dispose();
      return words;
    };
    const paths = [[], [0], [1], [0, 0], [0, 1], [1, 0]];
    const mine = paths.map((path) => draw(a, 1, path));
    expect(paths.map((path) => draw(b, 0, path))).toEqual(mine);
    expect(new Set([...mine, draw(a, 1, [], 1), draw(a, 2, [])]).size).toBe(8);
  });

  it('can be used once for each peer, direction and key', async () => {
    const [a, b] = (await open()) as [Session, Session];
    const out = Tensor.empty([1]);
    const op = a.op('x');
    op.send(1, Uint8Array.of(1));
    op.send(2, Uint8Array.of(2));
    op.draw(a.pair(1), out);
    op.draw(a.common, out);
    op.draw(a.own, out);
    const waiting = op.recv(1, 1);
    for (const again of [a.op('x'), op]) {
      expect(() => again.send(1, Uint8Array.of(1))).toThrow(refused('address-reused'));
      expect(() => again.draw(a.pair(1), out)).toThrow(refused('address-reused'));
      expect(() => again.draw(a.common, out)).toThrow(
        /used twice.*give every interactive call an op of its own/,
      );
      expect(() => again.draw(a.own, out)).toThrow(refused('address-reused'));
      await expect(again.recv(1, 1)).rejects.toThrow(refused('address-reused'));
    }
    op.at(0).send(1, Uint8Array.of(1));
    b.op('x').send(0, Uint8Array.of(9));
    expect(await waiting).toEqual(Uint8Array.of(9));
    out.dispose();
  });

  it('refuse a message of another length, naming who sent it', async () => {
    const [a, b] = (await open()) as [Session, Session];
    a.step(7).op(3).send(1, new Uint8Array(15));
    await expect(b.step(7).op(3).recv(0, 16)).rejects.toMatchObject({
      code: 'bad-message',
      party: 0,
      op: 'step 7/3',
      message: expect.stringMatching(/party 0 sent 15 bytes where the program needs 16/),
    });
  });

  it.each([-1, 0.5, 2 ** 31, Number.NaN])('have no step %s', async (n) => {
    const [a] = await open();
    expect(() => a!.step(n)).toThrow(refused('bad-argument'));
  });

  it.each([-1, 0.5, 2 ** 20])('have no index %s', async (index) => {
    const [a] = await open();
    expect(() => a!.step(0).op(index)).toThrow(refused('bad-argument'));
  });
});

describe('closing a step', () => {
  it('closes all before it, and leaves later and named ops', async () => {
    const [a] = (await open()) as [Session];
    a.step(0).op(0).send(1, Uint8Array.of(1));
    a.op('named').send(1, Uint8Array.of(1));
    a.step(2).op(0).send(1, Uint8Array.of(1));
    a.step(1).close();
    for (const step of [0, 1]) {
      expect(() => a.step(step).op(5).send(1, Uint8Array.of(1))).toThrow(/belongs to a step that is closed/);
    }
    expect(() => a.step(2).op(0).send(1, Uint8Array.of(1))).toThrow(refused('address-reused'));
    expect(() => a.op('named').send(1, Uint8Array.of(1))).toThrow(refused('address-reused'));
    a.step(2).op(1).send(1, Uint8Array.of(1));
    a.step(2 ** 31 - 1).close();
    expect(() =>
      a
        .step(2 ** 30)
        .op(0)
        .send(1, Uint8Array.of(1)),
    ).toThrow(refused('address-reused'));
    a.op('another').send(1, Uint8Array.of(1));
  });
});

describe('agree', () => {
  const agree = async (values: readonly string[]) => {
    const sessions = await open(values.length);
    return Promise.allSettled(
      sessions.map((session, i) => session.agree(session.op('agree'), 'the program', values[i]!)),
    );
  };

  it('resolves when all say the same', async () => {
    const results = await agree(['same', 'same', 'same']);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  });

  it('rejects everywhere, naming the other party and what differs', async () => {
    const results = await agree(['same', 'same', 'other']);
    expect(results).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'mismatch', party: 2 }) },
      { status: 'rejected', reason: expect.objectContaining({ code: 'mismatch', party: 2 }) },
      { status: 'rejected', reason: expect.objectContaining({ code: 'mismatch', party: 0 }) },
    ]);
    const [{ reason }, , { reason: other }] = results as PromiseRejectedResult[] as [
      PromiseRejectedResult,
      PromiseRejectedResult,
      PromiseRejectedResult,
    ];
    const [, here, there] = /the program differs: ([0-9a-f]{16}) here, ([0-9a-f]{16}) at party 2/.exec(
      reason.message,
    )!;
    expect(other.message).toContain(`${there} here, ${here} at party 0`);
  });
});
