/** Who answers at an address, as TLS shows it. */
import { connect as connectSocket, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { type Credentials, type Endpoint, mutual, type RoleCertificate, readCertificate } from '@triad/net';

/** Milliseconds for a connection, and again for the handshake. */
const patience = 3000;

export interface Shown {
  /** Undefined when it is of no role. */
  readonly certificate: RoleCertificate | undefined;
  /** Why TLS does not trust its certificate: a code of OpenSSL. */
  readonly distrust: string | undefined;
}

/** Connects. Rejects with Node's error, or `ETIMEDOUT` as its code. */
export const dial = ({ host, port }: Endpoint): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connectSocket({ host, port });
    const timer = setTimeout(() => socket.destroy(late()), patience);
    socket.once('error', reject);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once('close', () => clearTimeout(timer));
  });

/** Shakes hands over a socket, whoever answers, and ends it. Rejects when the other side does not speak TLS 1.3, or not with us. */
export const shakeHands = (socket: Socket, tls: Credentials): Promise<Shown> =>
  new Promise((resolve, reject) => {
    const { ca, cert, key, minVersion } = mutual(tls);
    const secure = connectSecure({
      ...{ socket, ca, cert, key, minVersion },
      // What is not to be trusted is looked at, too. Nothing is sent.
      rejectUnauthorized: false,
      // Names in certificates are roles, not hosts.
      checkServerIdentity: () => undefined,
    });
    const timer = setTimeout(() => secure.destroy(late()), patience);
    secure.once('error', reject);
    secure.once('close', () => {
      clearTimeout(timer);
      reject(new Error('it closed the connection'));
    });
    secure.once('secureConnect', () => {
      const pem = secure.getPeerX509Certificate()?.toString();
      const distrust = secure.authorized ? undefined : String(secure.authorizationError);
      resolve({ certificate: pem === undefined ? undefined : tryRead(pem), distrust });
      secure.destroy();
    });
  });

const late = (): Error => Object.assign(new Error(`nothing for ${patience / 1000} s`), { code: 'ETIMEDOUT' });

const tryRead = (pem: string): RoleCertificate | undefined => {
  try {
    return readCertificate(pem);
  } catch {
    return undefined;
  }
};
