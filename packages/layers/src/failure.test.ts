import { plain, type Scheme, TriadError } from '@triad/protocol';
import { memory, type Tensor } from '@triad/ring';
import { describe, expect, it } from 'vitest';
import { chatty } from './fixture/chatty.js';
import { job } from './fixture/parties.js';
import { regression, sample } from './fixture/regression.js';
import { Executor, type Program } from './index.js';

const features = 2;
const rows = 4;
const { x, y } = sample(rows, features);

const shareAll = (exe: Executor) =>
  exe.share({
    x: { owner: 0, shape: [rows, features], values: x },
    y: { owner: 0, shape: [rows, 1], values: y },
  });

const executors = (programs: readonly Program[]) => {
  const { environments } = job(chatty(true));
  return environments.map(
    (environment, i) => new Executor({ environment, program: programs[i] ?? programs[0]! }),
  );
};

const outcomes = async (results: readonly Promise<unknown>[]): Promise<unknown[]> =>
  (await Promise.allSettled(results)).map((r) => (r.status === 'rejected' ? r.reason : undefined));

describe('when something fails', () => {
  it('every run under way and every later one rejects, and all memory is given back', async () => {
    const before = memory.liveBytes;
    const p = regression(features, 0.1);
    const { environments, network } = job(chatty(true));
    const parties = environments.map((environment) => new Executor({ environment, program: p }));
    const feeds = await Promise.all(parties.map(shareAll));
    await Promise.all(parties.map((exe, i) => exe.run({ feed: feeds[i]! })));
    const survivors = parties.slice(0, 2);
    const running = survivors.flatMap((exe, i) =>
      Array.from({ length: 12 }, () => exe.run({ feed: feeds[i]! })),
    );
    await network.channels[2]!.close();
    for (const error of await outcomes(running)) {
      expect(error).toBeInstanceOf(TriadError);
      expect(error).toMatchObject({ code: 'closed', message: expect.stringMatching(/party 2 closed/) });
    }
    const later = await outcomes(survivors.map((exe, i) => exe.run({ feed: feeds[i]! })));
    for (const error of later) expect(error).toMatchObject({ code: 'closed' });
    await Promise.all(parties.map((exe) => exe.close()));
    expect(memory.liveBytes).toBe(before);
  });

  it.each([
    ['programs', () => [regression(features, 0.1), regression(features, 0.2)]],
    ['layers', () => [regression(features, 0.1), regression(features, 0.1).clone()]],
  ] as const)('parties that run different %s notice before the first step', async (what, make) => {
    const programs = make();
    if (what === 'layers') programs[1]!.append('constant', [], { shape: [], values: [1] });
    const parties = executors(programs);
    const feeds = await Promise.all(parties.map(shareAll));
    const errors = await outcomes(parties.map((exe, i) => exe.run({ feed: feeds[i]! })));
    expect(errors.some((e) => e instanceof TriadError && e.code === 'mismatch')).toBe(true);
    expect(errors.every((e) => e instanceof TriadError)).toBe(true);
  });

  it('parties that fetch different values notice before the first step', async () => {
    const p = regression(features, 0.1);
    const parties = executors([p]);
    const feeds = await Promise.all(parties.map(shareAll));
    const errors = await outcomes(
      parties.map((exe, i) => exe.run({ feed: feeds[i]!, fetchList: i === 1 ? [] : ['loss'] })),
    );
    expect(errors.every((e) => e instanceof TriadError)).toBe(true);
  });

  it('an error of the protocol ends the job with that error', async () => {
    const base = plain(1);
    const fault = new TriadError('bad-message', 'the truncation failed', { remedy: 'none' });
    let truncations = 0;
    const scheme = {
      ...base,
      party: (session: Parameters<typeof base.party>[0]) => {
        const party = base.party(session);
        const truncate = party.truncate.bind(party);
        party.truncate = (...args) => (++truncations === 9 ? Promise.reject(fault) : truncate(...args));
        return party;
      },
    };
    const p = regression(features, 0.1);
    const exe = new Executor({ environment: job(scheme).environments[0]!, program: p });
    const feed = await shareAll(exe);
    const errors = await outcomes(Array.from({ length: 6 }, () => exe.run({ feed })));
    expect(errors[0]).toBeUndefined();
    expect(errors.slice(3)).toEqual([fault, fault, fault]);
    const before = memory.liveBytes;
    await exe.close();
    expect(memory.liveBytes).toBeLessThan(before);
  });
});

describe('what waits for a step that never ends', () => {
  /** Party 2 agrees to everything, but multiplies nothing until it is told to fail. */
  const stuck = (until: Promise<never>): Scheme<Tensor> => ({
    ...chatty(true),
    party: (session) => {
      const inner = chatty(true).party(session);
      const wait = () => until;
      return session.rank === 2 ? { ...inner, bilinear: wait, bilinearTruncate: wait } : inner;
    },
  });

  it.each([
    ['save', (exe: Executor) => exe.save()],
    ['reveal', (exe: Executor) => exe.reveal({ name: 'fc.w_0', shape: [features, 1] })],
  ])('%s rejects with the reason, and so does what follows', async (_, wait) => {
    const before = memory.liveBytes;
    const p = regression(features, 0.1);
    let end = (_: Error): void => {};
    const stopped = new Promise<never>((_, reject) => {
      end = reject;
    });
    const { environments, network } = job(stuck(stopped));
    const parties = environments.map((environment) => new Executor({ environment, program: p }));
    const feeds = await Promise.all(parties.map(shareAll));
    const results = parties.map((exe, i) => {
      const run = exe.run({ feed: feeds[i]! });
      return [run, wait(exe), exe.run({ feed: feeds[i]! })];
    });
    const dead = outcomes(results[2]!);
    setTimeout(() => void network.channels[2]!.close(), 50);
    for (const error of await outcomes(results.slice(0, 2).flat()))
      expect(error).toMatchObject({ code: 'closed' });
    await Promise.all(parties.slice(0, 2).map((exe) => exe.close()));
    end(new Error('stopped'));
    await dead;
    await parties[2]!.close();
    expect(memory.liveBytes).toBe(before);
  });
});
