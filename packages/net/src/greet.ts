import type { Rank } from '@triad/protocol';
import { TriadError } from '@triad/protocol';
import { maxControlBytes } from './control.js';
import { Handshake, type Refusal, type Self, type Turn } from './handshake.js';
import { certified, greetingTime, type Wire } from './wire.js';

/** Strangers get this many bytes; a handshake needs far less. */
const maxBytes = 4 * maxControlBytes;

/**
 * Shakes hands over a new websocket. `link` is called as soon as the other side is known, before its next frame is
 * read. Resolves with the reason when it is refused; the wire is then closed. Bounded in time and bytes.
 */
export const greet = (
  wire: Wire,
  self: Self,
  dialed: Rank | undefined,
  link: (peer: Rank, session: string) => void,
): Promise<Refusal | undefined> =>
  new Promise((resolve) => {
    const { web, socket } = wire;
    const handshake = new Handshake(self, { dialed, certified: certified(socket) });
    const finish = (refusal?: Refusal) => {
      clearTimeout(timer);
      web.off('message', onMessage).off('error', onError).off('close', onClose);
      socket.off('data', onData);
      if (refusal !== undefined) dismiss(wire);
      resolve(refusal);
    };
    const fail = (code: 'bad-message' | 'timeout' | 'peer-lost', what: string) =>
      finish({ error: new TriadError(code, what), fatal: false });
    const onMessage = (frame: Buffer) => {
      const turn: Turn = handshake.receive(frame);
      for (const reply of turn.send) web.send(reply);
      if (turn.refused !== undefined) finish(turn.refused);
      if (turn.linked === undefined) return;
      finish();
      link(turn.linked.peer, turn.linked.session);
    };
    let bytes = 0;
    const onData = (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > maxBytes) fail('bad-message', `the other side sent ${bytes} bytes before a handshake`);
    };
    const onError = (error: Error) =>
      fail('bad-message', `the other side broke the protocol: ${error.message}`);
    const onClose = () => fail('peer-lost', 'the other side closed the connection during the handshake');
    const timer = setTimeout(
      () => fail('timeout', 'the other side did not finish the handshake'),
      greetingTime,
    );
    web.on('message', onMessage).on('error', onError).on('close', onClose);
    socket.on('data', onData);
    for (const frame of handshake.open()) web.send(frame);
  });

/** Lets the last words out, then closes, and does not wait for long. */
const dismiss = ({ web }: Wire): void => {
  web.close();
  setTimeout(() => web.terminate(), 500).unref();
};
