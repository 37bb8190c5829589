/** Whether a node could listen where it is told to. */
import { createServer } from 'node:net';
import { type Endpoint, parseEndpoint, type RoleCredentials, subjectOf } from '@triad/net';
import { failureOf } from '../failure.js';
import { type Finding, failed, ok } from './finding.js';
import { dial, shakeHands } from './handshake.js';

const check = 'listen';

/** Binds the address for a moment. What is in use by the node of this identity is well. */
export const checkListen = async (text: string, identity: RoleCredentials | undefined): Promise<Finding> => {
  let at: Endpoint;
  try {
    at = parseEndpoint(text, '--listen');
  } catch (error) {
    const { what, remedy = '' } = failureOf(error);
    return failed(check, { what, remedy });
  }
  const code = await bind(at);
  if (code === undefined) return ok(check, `${text} can be had`, { address: text });
  if (code === 'EADDRINUSE' && identity !== undefined && (await isOwn(at, identity)))
    return ok(check, `node ${identity.role} listens at ${text} already`, { address: text });
  return failed(check, { ...reasonOf(code, text), values: { address: text, code } });
};

/** The code of what went wrong. */
const bind = ({ host, port }: Endpoint): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => resolve(code ?? message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });

const isOwn = async ({ host, port }: Endpoint, identity: RoleCredentials): Promise<boolean> => {
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  try {
    const { certificate, distrust } = await shakeHands(await dial({ host: near, port }), identity);
    const { federation, role } = subjectOf(identity);
    return distrust === undefined && certificate?.federation === federation && certificate.role === role;
  } catch {
    return false;
  }
};

/** Of the codes by which systems refuse an address. */
export const reasonOf = (code: string, at: string): { readonly what: string; readonly remedy: string } => {
  switch (code) {
    case 'EADDRINUSE':
      return {
        what: `another process listens at ${at}`,
        remedy: 'end it, or choose another port; port 0 takes any',
      };
    case 'EACCES':
    case 'EPERM':
      return {
        what: `this user may not listen at ${at}`,
        remedy: 'choose a port above 1023, or give the user the right to it',
      };
    case 'EADDRNOTAVAIL':
      return {
        what: `${at} is no address of this machine`,
        remedy: 'choose one of its own, or 0.0.0.0 for all, and name the other with `triad node --advertise`',
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { what: `the host of ${at} has no address`, remedy: 'write a number, or a name that resolves' };
    default:
      return { what: `nobody can listen at ${at} (${code})`, remedy: 'choose another address' };
  }
};
