import type { Agreement, Rank } from '@triad/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeControl, encodeControl } from './control.js';
import { Handshake, type Other, type Self, type Turn } from './handshake.js';
import type { Roster } from './roster.js';

const roster: Roster = { job: 'j', parties: 3, outside: ['bank'] };
let drawn = 0;

const self = (rank: Rank, changes: Partial<Self> & { roster?: Roster } = {}): Self => ({
  roster,
  rank,
  agreement: { program: 'abc', fraction: 16 },
  nonce: () => (drawn++).toString(16).padStart(32, '0'),
  has: () => false,
  ...changes,
});

const plain: Other = { certified: undefined };

/** Carries frames both ways until nothing is left; how each side ended. */
const converse = (dialer: Handshake, acceptor: Handshake): { dialer?: Turn; acceptor?: Turn } => {
  const ends: { dialer?: Turn; acceptor?: Turn } = {};
  const queue = dialer.open().map((frame) => ({ to: 'acceptor' as 'acceptor' | 'dialer', frame }));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { to, frame } = next;
    if (ends[to] !== undefined) continue;
    const turn = (to === 'dialer' ? dialer : acceptor).receive(frame);
    queue.push(
      ...turn.send.map((f) => ({
        to: to === 'dialer' ? ('acceptor' as const) : ('dialer' as const),
        frame: f,
      })),
    );
    if (turn.linked !== undefined || turn.refused !== undefined) ends[to] = turn;
  }
  return ends;
};

const meet = (dialer: Self, acceptor: Self, to: Rank = acceptor.rank) =>
  converse(new Handshake(dialer, { ...plain, dialed: to }), new Handshake(acceptor, plain));

describe('a handshake', () => {
  it.each([
    [1, 0],
    [2, 0],
    [2, 1],
    [3, 0],
    [3, 2],
  ])('links party %i, which dials, and party %i', (dialer, acceptor) => {
    const ends = meet(self(dialer), self(acceptor));
    expect(ends.dialer?.linked?.peer).toBe(acceptor);
    expect(ends.acceptor?.linked?.peer).toBe(dialer);
    expect(ends.dialer?.linked?.session).toMatch(/^[0-9a-f]{64}$/);
    expect(ends.acceptor?.linked?.session).toBe(ends.dialer?.linked?.session);
  });

  const other = (changes: Partial<Roster>): Partial<Self> => ({ roster: { ...roster, ...changes } });
  const agreeing = (agreement: Agreement): Partial<Self> => ({ agreement });
  it.each([
    ['parties', other({ parties: 4 }), 'parties differs: 3 at party 0, 4 at party 2'],
    [
      'outside',
      other({ outside: ['shop'] }),
      'outside parties differs: "bank" at party 0, "shop" at party 2',
    ],
    [
      'program',
      agreeing({ program: 'abd', fraction: 16 }),
      'program differs: "abc" at party 0, "abd" at party 2',
    ],
    ['a number', agreeing({ program: 'abc', fraction: 8 }), 'fraction differs: 16 at party 0, 8 at party 2'],
    ['a key too few', agreeing({ program: 'abc' }), 'fraction differs: 16 at party 0, nothing at party 2'],
    [
      'a key too many',
      agreeing({ program: 'abc', fraction: 16, zeal: 1 }),
      'zeal differs: nothing at party 0, 1 at party 2',
    ],
  ])('names both values when they differ: %s', (_, changes, words) => {
    const ends = meet(self(2, changes), self(0));
    for (const { refused } of [ends.dialer!, ends.acceptor!]) {
      expect(refused?.fatal).toBe(true);
      expect(refused?.error.code).toBe('mismatch');
      expect(refused?.error.message).toContain(words);
    }
    expect(ends.dialer!.refused!.error.party).toBe(0);
    expect(ends.acceptor!.refused!.error.party).toBe(2);
  });

  it('does not end the job for a party of another job', () => {
    const ends = meet(self(2, other({ job: 'k' })), self(0));
    for (const { refused } of [ends.dialer!, ends.acceptor!]) {
      expect(refused?.fatal).toBe(false);
      expect(refused?.error.message).toContain('job differs: "j" at party 0, "k" at party 2');
    }
  });

  it('does not end the job for a party that meant somebody else, or may not dial', () => {
    for (const ends of [
      meet(self(2), self(0), 1),
      meet(self(0), self(2)),
      meet(self(50), self(0)),
      meet(self(0), self(0)),
    ]) {
      expect(ends.acceptor?.refused?.fatal).toBe(false);
      expect(ends.acceptor?.refused?.error.code).toBe('mismatch');
    }
  });

  it('refuses the second of a role: the first goes on, the second is told', () => {
    const ends = meet(self(2), self(0, { has: (peer) => peer === 2 }));
    expect(ends.acceptor?.refused).toMatchObject({ fatal: false });
    expect(ends.dialer?.refused?.error.message).toContain('party 2 has joined already');
    expect(ends.dialer?.refused?.fatal).toBe(true);
  });

  it.each([
    ['another role', { role: '1', job: 'j' }],
    ['another job', { role: '2', job: 'k' }],
    ['the authority', { role: 'authority', job: 'j' }],
  ])('takes a role only from its own certificate: %s', (_, certified) => {
    const acceptor = new Handshake(self(0), { certified });
    const dialer = new Handshake(self(2), { ...plain, dialed: 0 });
    const ends = converse(dialer, acceptor);
    expect(ends.acceptor?.refused?.error.message).toContain('a certificate of');
    expect(ends.dialer?.linked).toBeUndefined();
    const misled = converse(new Handshake(self(1), { certified, dialed: 0 }), new Handshake(self(0), plain));
    expect(misled.dialer?.refused?.error.code).toBe('mismatch');
  });

  it('does not pass with a recording', () => {
    const record = (dialer: Handshake, acceptor: Handshake): Uint8Array[] => {
      const [hello] = dialer.open();
      const answers = acceptor.receive(hello!).send;
      return [hello!, ...answers.flatMap((frame) => dialer.receive(frame).send)];
    };
    const recorded = record(new Handshake(self(2), { ...plain, dialed: 0 }), new Handshake(self(0), plain));
    expect(recorded.length).toBe(2);
    const acceptor = new Handshake(self(0), plain);
    const turns = recorded.map((frame) => acceptor.receive(frame));
    expect(turns[1]?.linked).toBeUndefined();
    expect(turns[1]?.refused?.error).toMatchObject({ code: 'bad-message' });
  });

  it('refuses anything else, and throws nothing', () => {
    const frame = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.constantFrom(
        encodeControl({ kind: 'ping' }),
        encodeControl({ kind: 'ready', body: { nonce: '0'.repeat(32) } }),
        encodeControl({ kind: 'goodbye', body: undefined }),
        encodeControl({ kind: 'goodbye', body: { code: 'mismatch', what: 'no' } }),
      ),
    );
    fc.assert(
      fc.property(frame, fc.boolean(), (bytes, dialing) => {
        const handshake = new Handshake(self(1), dialing ? { ...plain, dialed: 0 } : plain);
        const { refused, send } = handshake.receive(bytes);
        expect(refused?.fatal).toBe(false);
        expect(send.every((reply) => decodeControl(reply)?.kind === 'goodbye')).toBe(true);
      }),
    );
  });
});
