import { type Rank, TriadError } from '@triad/protocol';
import { Handshake, type Refusal, type Self } from './handshake.js';
import type { PageCarrier } from './page-carrier.js';

/** Milliseconds for a handshake. */
const greetingTime = 5000;

const later = (code: 'peer-lost' | 'timeout', what: string): Refusal => ({
  error: new TriadError(code, what),
  fatal: false,
});

/** Shakes hands with the party that was dialed, and calls `link`. Resolves with the reason if it is refused; the carrier is then closed. */
export const greetFromPage = (
  carrier: PageCarrier,
  self: Self,
  dialed: Rank,
  link: () => void,
): Promise<Refusal | undefined> =>
  new Promise((resolve) => {
    const handshake = new Handshake(self, { dialed, certified: undefined });
    let over = false;
    const finish = (refusal?: Refusal) => {
      // A browser delivers what arrives until the other side has closed: too late for a link.
      if (over) return;
      over = true;
      clearTimeout(timer);
      if (refusal === undefined) link();
      else carrier.close();
      resolve(refusal);
    };
    const timer = setTimeout(
      () => finish(later('timeout', 'the other side did not finish the handshake')),
      greetingTime,
    );
    const receive = (frame: Uint8Array) => {
      const turn = handshake.receive(frame);
      for (const reply of turn.send) void carrier.sendFrame(reply);
      if (turn.refused !== undefined || turn.linked !== undefined) finish(turn.refused);
    };
    const closed = () =>
      finish(later('peer-lost', 'the other side closed the connection during the handshake'));
    carrier.listen({ frame: receive, error: closed, closed });
    for (const frame of handshake.open()) void carrier.sendFrame(frame);
  });
