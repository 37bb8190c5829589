/** Who asks: known from the certificate, which TLS has checked, once for each request, since a socket forgets it when it closes. */
import { certified } from '@triad/net';
import { TriadError } from '@triad/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const stranger = 'a stranger';

declare module 'fastify' {
  interface FastifyRequest {
    caller: string;
  }
}

/** Requests of certificates of another federation are refused. */
export const admitCallers = (app: FastifyInstance, federation: string): void => {
  app.decorateRequest('caller', stranger);
  app.addHook('onRequest', async (request) => {
    const certificate = certified(request.raw.socket);
    if (certificate?.job !== federation)
      throw new TriadError('refused', `the certificate is not of federation ${federation}`, {
        remedy: 'use the certificate that was made for it',
      });
    request.caller = certificate.role;
  });
};

/** For the limit on requests: also before a request is admitted. */
export const callerKey = ({ raw }: FastifyRequest): string => certified(raw.socket)?.role ?? stranger;
