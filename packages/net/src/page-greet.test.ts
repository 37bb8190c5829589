import { expect, it } from 'vitest';
import { Handshake, type Self } from './handshake.js';
import { PageCarrier, type PageSocket } from './page-carrier.js';
import { greetFromPage } from './page-greet.js';
import type { Roster } from './roster.js';

const roster: Roster = { job: 'greeting', parties: 2, outside: [] };
const self = (rank: number): Self => ({
  roster,
  rank,
  agreement: {},
  nonce: () => String(rank).repeat(32),
  has: () => false,
});

/** A page's websocket whose other side is this test. */
const connected = () => {
  const listeners: ((event: { readonly data: unknown }) => void)[] = [];
  const sent: Uint8Array[] = [];
  const socket: PageSocket = {
    binaryType: '',
    readyState: 1,
    bufferedAmount: 0,
    send: (frame) => void sent.push(frame),
    close: () => {},
    addEventListener: (type: string, listener: (event: { readonly data: unknown }) => void) => {
      if (type === 'message') listeners.push(listener);
    },
  };
  const deliver = (frame: Uint8Array) => {
    for (const listener of listeners) listener({ data: Uint8Array.from(frame).buffer });
  };
  return { carrier: new PageCarrier(socket), sent, deliver };
};

/** The other side's part of a handshake, frame by frame, to its end. */
const shakeHands = ({ sent, deliver }: ReturnType<typeof connected>) => {
  const other = new Handshake(self(0), { dialed: undefined, certified: undefined });
  for (let next = sent.shift(); next !== undefined; next = sent.shift())
    for (const answer of other.receive(next).send) deliver(answer);
};

it('a page links to the party it dialed, once', async () => {
  let links = 0;
  const wire = connected();
  const greeted = greetFromPage(wire.carrier, self(1), 0, () => void links++);
  shakeHands(wire);
  expect(await greeted).toBeUndefined();
  expect(links).toBe(1);
});

it('whoever was refused gets no link by what it sends afterwards', async () => {
  let links = 0;
  const wire = connected();
  const greeted = greetFromPage(wire.carrier, self(1), 0, () => void links++);
  wire.deliver(Uint8Array.of(99));
  expect(await greeted).toMatchObject({ error: { code: 'bad-message' } });
  shakeHands(wire);
  expect(links).toBe(0);
});
