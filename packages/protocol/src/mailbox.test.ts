import { describe, expect, it } from 'vitest';
import type { Address } from './address.js';
import { TriadError } from './error.js';
import { Mailbox, type MailboxOptions } from './mailbox.js';

const at = (step: number, index = 0, path = 0): Address => ({ step, index, path });
const bytes = (...values: number[]) => Uint8Array.from(values);
const kilobyte = () => new Uint8Array(1024);

/** A mailbox that notes when a peer is paused and resumed. */
const noting = (options: MailboxOptions) => {
  const notes: string[] = [];
  const mailbox = new Mailbox([1, 2], {
    onPause: (peer) => notes.push(`pause ${peer}`),
    onResume: (peer) => notes.push(`resume ${peer}`),
    ...options,
  });
  return { mailbox, notes };
};

const refused = (code: string, party?: number) =>
  expect.objectContaining(party === undefined ? { code } : { code, party });

describe('a mailbox', () => {
  it('gives messages by peer and address, whoever is first', async () => {
    const mailbox = new Mailbox([1, 2]);
    mailbox.deliver(1, at(0, 0, 1), bytes(1));
    const later = mailbox.recv(2, at(0, 0, 1));
    mailbox.deliver(1, at(0, 1), bytes(2));
    mailbox.deliver(2, at(0, 0, 1), bytes(3));
    mailbox.deliver(1, at(1, 0, 1), bytes(4));
    expect(await mailbox.recv(1, at(1, 0, 1))).toEqual(bytes(4));
    expect(await mailbox.recv(1, at(0, 1))).toEqual(bytes(2));
    expect(await mailbox.recv(1, at(0, 0, 1))).toEqual(bytes(1));
    expect(await later).toEqual(bytes(3));
  });

  it('refuses a second message at an address, waiting, stored or taken', async () => {
    const mailbox = new Mailbox([1]);
    mailbox.deliver(1, at(0), bytes(1));
    expect(() => mailbox.deliver(1, at(0), bytes(1))).toThrow(refused('bad-message', 1));
    await mailbox.recv(1, at(0));
    expect(() => mailbox.deliver(1, at(0), bytes(1))).toThrow(refused('bad-message', 1));
    const waiting = mailbox.recv(1, at(1));
    mailbox.deliver(1, at(1), bytes(2));
    expect(() => mailbox.deliver(1, at(1), bytes(1))).toThrow(/came twice at op step 1\/0/);
    expect(await waiting).toEqual(bytes(2));
  });

  it('refuses to be asked twice', async () => {
    const mailbox = new Mailbox([1]);
    const first = mailbox.recv(1, at(0));
    await expect(mailbox.recv(1, at(0))).rejects.toThrow(refused('address-reused'));
    mailbox.deliver(1, at(0), bytes(7));
    expect(await first).toEqual(bytes(7));
    await expect(mailbox.recv(1, at(0))).rejects.toThrow(refused('address-reused'));
  });

  it('knows its peers', () => {
    const mailbox = new Mailbox([1, 2]);
    expect(() => mailbox.deliver(3, at(0), bytes())).toThrow(/no link to party 3.*1, 2/);
    expect(() => mailbox.recv(0, at(0))).toThrow(refused('bad-argument'));
  });

  it('forgets retired steps, and refuses what comes for them', async () => {
    const mailbox = new Mailbox([1, 2]);
    mailbox.deliver(1, at(0), bytes(1));
    const waiting = mailbox.recv(2, at(1));
    const later = mailbox.recv(2, at(2));
    mailbox.retire(1);
    await expect(waiting).rejects.toThrow(refused('closed'));
    expect(() => mailbox.deliver(1, at(0), bytes(1))).toThrow(/belongs to a step that is over/);
    expect(() => mailbox.deliver(2, at(1), bytes(1))).toThrow(refused('bad-message', 2));
    await expect(mailbox.recv(1, at(1))).rejects.toThrow(refused('address-reused'));
    mailbox.deliver(2, at(2), bytes(5));
    expect(await later).toEqual(bytes(5));
  });

  it('retires far steps at once and never goes back', async () => {
    const mailbox = new Mailbox([1]);
    mailbox.deliver(1, at(2 ** 31 - 2), bytes(1));
    mailbox.retire(2 ** 31 - 2);
    mailbox.retire(3);
    expect(() => mailbox.deliver(1, at(2 ** 31 - 2), bytes(1))).toThrow(refused('bad-message'));
    mailbox.deliver(1, at(2 ** 31 - 1), bytes(2));
    expect(await mailbox.recv(1, at(2 ** 31 - 1))).toEqual(bytes(2));
  });

  it('keeps named ops', async () => {
    const mailbox = new Mailbox([1]);
    mailbox.deliver(1, at(2 ** 31), bytes(1));
    mailbox.retire(2 ** 31 - 1);
    expect(await mailbox.recv(1, at(2 ** 31))).toEqual(bytes(1));
    expect(() => mailbox.retire(2 ** 31)).toThrow(refused('bad-argument'));
  });

  it('bounds what a peer may leave unclaimed, empty messages included', () => {
    const full = noting({ limit: 10_000 }).mailbox;
    const fill = (mailbox: Mailbox, message: () => Uint8Array): number => {
      for (let i = 0; i < 1000; i++) {
        try {
          mailbox.deliver(1, at(i), message());
        } catch (error) {
          expect(error).toEqual(refused('limit', 1));
          return i;
        }
      }
      return Number.POSITIVE_INFINITY;
    };
    expect(fill(full, kilobyte)).toBeLessThan(10);
    expect(fill(noting({ limit: 10_000 }).mailbox, () => bytes())).toBeLessThan(100);
    expect(() => full.deliver(2, at(0), kilobyte())).not.toThrow(); // another peer's account
  });

  it('counts claimed messages no longer', async () => {
    const { mailbox } = noting({ limit: 4000 });
    for (let i = 0; i < 100; i++) {
      expect(() => mailbox.deliver(1, at(i), kilobyte())).not.toThrow();
      if (i % 2 === 0) await mailbox.recv(1, at(i));
      else mailbox.retire(i);
    }
  });
});

describe('back-pressure', () => {
  it('pauses a peer above the mark while nobody waits for it, and resumes below', async () => {
    const { mailbox, notes } = noting({ highWater: 2500 });
    mailbox.deliver(1, at(0, 0), kilobyte());
    expect(notes).toEqual([]);
    mailbox.deliver(1, at(0, 1), kilobyte());
    expect(notes).toEqual(['pause 1']);
    await mailbox.recv(1, at(0, 1));
    expect(notes).toEqual(['pause 1', 'resume 1']);
  });

  it('reads on while somebody waits, so that it cannot deadlock', async () => {
    const { mailbox, notes } = noting({ highWater: 1000 });
    const wanted = mailbox.recv(1, at(9));
    mailbox.deliver(1, at(0), kilobyte());
    mailbox.deliver(1, at(1), kilobyte());
    expect(notes).toEqual([]);
    mailbox.deliver(1, at(9), bytes(1));
    expect(notes).toEqual(['pause 1']);
    expect(await wanted).toEqual(bytes(1));
    void mailbox.recv(1, at(10));
    expect(notes).toEqual(['pause 1', 'resume 1']);
  });

  it('is per peer: waiting for another one does not resume', () => {
    const { mailbox, notes } = noting({ highWater: 1000 });
    mailbox.deliver(1, at(0), kilobyte());
    void mailbox.recv(2, at(0));
    expect(notes).toEqual(['pause 1']);
  });

  it('ends with the steps that caused it', () => {
    const { mailbox, notes } = noting({ highWater: 1000 });
    mailbox.deliver(1, at(0), kilobyte());
    mailbox.retire(0);
    expect(notes).toEqual(['pause 1', 'resume 1']);
  });
});

describe('a peer that leaves', () => {
  const gone = new TriadError('peer-lost', 'party 1 is gone', { party: 1 });

  it('fails who waits and who asks later, but what it sent can be read', async () => {
    const mailbox = new Mailbox([1, 2]);
    mailbox.deliver(1, at(0), bytes(1));
    const waiting = mailbox.recv(1, at(1));
    const other = mailbox.recv(2, at(1));
    mailbox.leave(1, gone);
    await expect(waiting).rejects.toBe(gone);
    await expect(mailbox.recv(1, at(2))).rejects.toBe(gone);
    expect(await mailbox.recv(1, at(0))).toEqual(bytes(1));
    mailbox.deliver(2, at(1), bytes(2));
    expect(await other).toEqual(bytes(2));
  });

  it('leaves once: the first reason counts, and nothing comes afterwards', async () => {
    const mailbox = new Mailbox([1]);
    mailbox.leave(1, gone);
    mailbox.leave(1, new Error('again'));
    mailbox.deliver(1, at(0), bytes(1));
    await expect(mailbox.recv(1, at(0))).rejects.toBe(gone);
  });
});
