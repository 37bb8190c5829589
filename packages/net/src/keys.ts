import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { TriadError } from '@triad/protocol';
import { checkJob } from './roster.js';
import type { Credentials } from './wire.js';

/** What one role needs, and nobody else may have. */
export interface RoleCredentials extends Credentials {
  readonly role: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** Clocks may differ by this much. */
const skew = 60 * 60 * 1000;
const day = 24 * 60 * 60 * 1000;
const rolePattern = /^(?:\d{1,2}|[A-Za-z][A-Za-z0-9-]{0,31})$/;

export interface KeysOptions {
  /** How long the certificates hold; default 30. */
  readonly days?: number;
}

/**
 * A certificate and key for each role of a job, signed by an authority made for it. The authority's key is thrown away,
 * so that nobody can join later. P-256, ECDSA; subject `CN=role, O=job`.
 */
export const keys = async (
  job: string,
  roles: readonly string[],
  options: KeysOptions = {},
): Promise<RoleCredentials[]> => {
  checkJob(job);
  checkRoles(roles);
  cryptoProvider.set(webcrypto);
  const now = Date.now();
  const validity = { notBefore: new Date(now - skew), notAfter: new Date(now + (options.days ?? 30) * day) };
  const authority = await pair();
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: serial(),
    name: name('authority', job),
    keys: authority,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  const sign = (role: string, publicKey: webcrypto.CryptoKey) =>
    X509CertificateGenerator.create({
      ...validity,
      serialNumber: serial(),
      subject: name(role, job),
      issuer: ca.subject,
      publicKey,
      signingKey: authority.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      ],
    });
  return Promise.all(
    roles.map(async (role) => {
      const own = await pair();
      const cert = await sign(role, own.publicKey);
      return { role, ca: ca.toString('pem'), cert: cert.toString('pem'), key: await privatePem(own) };
    }),
  );
};

const checkRoles = (roles: readonly string[]): void => {
  for (const [i, role] of roles.entries()) {
    if (rolePattern.test(role) && roles.indexOf(role) === i) continue;
    throw new TriadError('bad-argument', `${JSON.stringify(role)} is no role, or given twice`, {
      remedy: 'roles are 0, 1, 2 and names of up to 32 letters, digits and dashes, a letter first',
    });
  }
};

const pair = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

const privatePem = async ({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> =>
  PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');

const name = (role: string, job: string) => [{ CN: [role] }, { O: [job] }];

/** 127 random bits: a positive number. */
const serial = (): string => {
  const bytes = randomBytes(16);
  bytes[0]! &= 0x7f;
  return bytes.toString('hex');
};
