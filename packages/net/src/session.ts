/** Connections that go on with an earlier one: the first frames from both sides say how far each has read. */
import { TriadError } from '@triad/protocol';
import { decodeControl, encodeControl, maxControlBytes, type Resume } from './control.js';
import type { Endpoint } from './endpoint.js';
import type { LastingCarrier, Resumed } from './lasting-carrier.js';
import { type Credentials, certified, dial, greetingTime, type Wire } from './wire.js';

interface Session {
  readonly role: string;
  readonly path: string;
  readonly carrier: LastingCarrier;
}

/** Links of this process that others dialed, by what they are called. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  add(session: string, entry: Session): void {
    for (const [key, { carrier }] of this.#sessions) if (!carrier.open) this.#sessions.delete(key);
    this.#sessions.set(session, entry);
  }

  /** A role that joins a job again has forgotten its links. */
  restarted(path: string, role: string): void {
    for (const [key, session] of this.#sessions) {
      if (session.path !== path || session.role !== role) continue;
      this.#sessions.delete(key);
      session.carrier.terminate();
    }
  }

  /** Takes in a connection that goes on with one of them, or closes it. */
  welcome(wire: Wire): void {
    listenOnce(wire, (resume) => {
      const session = resume && this.#sessions.get(resume.session);
      if (session === undefined || !session.carrier.open || session.role !== certified(wire.socket)?.role)
        return wire.web.close(gone);
      const { carrier } = session;
      wire.web.send(encodeControl({ kind: 'resume', body: { ...resume!, received: carrier.received } }));
      carrier.adopt({ wire, received: resume!.received });
    });
  }
}

/** The websocket's close code for a session that is over. */
const gone = 4410;

export interface Redialing {
  readonly tls: Credentials;
  /** Whose certificate the other end has. */
  readonly role: string;
  readonly body: Resume;
}

/** Dials the other end of a session and hands the connection over. Rejects with `peer-lost` when it is over there. */
export const redial = async (
  endpoint: Endpoint & { readonly path: string },
  { tls, role, body }: Redialing,
  adopt: (resumed: Resumed) => void,
): Promise<void> => {
  const wire = await dial(endpoint, tls);
  if (certified(wire.socket)?.role !== role) {
    wire.web.terminate();
    throw new TriadError('mismatch', `somebody else than ${role} answers`);
  }
  await new Promise<void>((resolve, reject) => {
    listenOnce(wire, (resume, closed) => {
      if (resume?.session !== body.session) {
        wire.web.terminate();
        return reject(
          new TriadError(closed === gone ? 'peer-lost' : 'timeout', 'the other side has no such session'),
        );
      }
      adopt({ wire, received: resume.received });
      resolve();
    });
    wire.web.send(encodeControl({ kind: 'resume', body }));
  });
};

/**
 * Hands over the first frame; undefined when it is none of the kind, or late, or the connection closes first, then with the code. The frames after it
 * may come in the same tick: whoever wants them listens before returning.
 */
const listenOnce = ({ web }: Wire, then: (resume: Resume | undefined, closed?: number) => void): void => {
  const finish = (resume?: Resume, closed?: number) => {
    clearTimeout(timer);
    web.off('message', onMessage).off('close', onClose);
    then(resume, closed);
  };
  const onMessage = (frame: Buffer, binary: boolean) => {
    const control = binary && frame.length <= maxControlBytes ? decodeControl(frame) : undefined;
    finish(control?.kind === 'resume' ? control.body : undefined);
  };
  const onClose = (code: number) => finish(undefined, code);
  const timer = setTimeout(() => finish(), greetingTime);
  web.on('message', onMessage).on('close', onClose);
};
