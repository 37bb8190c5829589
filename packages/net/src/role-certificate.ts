/** A role's certificate: whom it is for, what it opens and seals, and who made it. */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { TriadError } from '@triad/protocol';
import { sealUri } from './certificate-name.js';
import { rolePattern } from './keys.js';
import { checkFederation } from './roster.js';
import type { Credentials } from './wire.js';

export interface RoleCertificate {
  readonly federation: string;
  readonly role: string;
  readonly publicKey: KeyObject;
  /** An uncompressed point of P-256: 65 bytes. */
  readonly sealKey: Uint8Array;
  readonly from: Date;
  readonly expires: Date;
  /** SHA-256 of the certificate, in hex with colons: the same for the same certificate only. */
  readonly fingerprint: string;
  /** Whether an authority, a PEM text, has made it. Throws `bad-argument` for a text that is none. */
  isIssuedBy(ca: string): boolean;
}

const maxRosterChars = 2 ** 18;
const maxMembers = 256;

/** Reads a PEM text; whether the certificate holds now, and who made it, is not looked at. Throws `bad-argument` for one of no role. */
export const readCertificate = (pem: string): RoleCertificate => {
  const certificate = parseCertificate(pem);
  return {
    ...subjectIn(certificate),
    publicKey: certificate.publicKey,
    sealKey: sealKeyOf(certificate),
    from: new Date(certificate.validFrom),
    expires: new Date(certificate.validTo),
    fingerprint: certificate.fingerprint256,
    isIssuedBy: (ca) => isIssued(certificate, parseCertificate(ca)),
  };
};

/** The certificates of a `roster.pem`, in its order. Throws `bad-argument` for a text that has others, or too many. */
export const readRoster = (roster: string): readonly RoleCertificate[] => {
  if (roster.length > maxRosterChars) throw unusable(`it has more than ${maxRosterChars} characters`);
  const found = roster.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (found.length > maxMembers) throw unusable(`it has more than ${maxMembers} certificates`);
  return found.map(readCertificate);
};

/** Whom a certificate was made for; its chain is not looked at. Throws `bad-argument` for a text that is none. */
export const subjectOf = ({
  cert,
}: Pick<Credentials, 'cert'>): { readonly federation: string; readonly role: string } =>
  subjectIn(parseCertificate(cert));

const parseCertificate = (pem: string): X509Certificate => {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw unusable('a certificate cannot be read', error);
  }
};

const isIssued = (certificate: X509Certificate, authority: X509Certificate): boolean =>
  certificate.checkIssued(authority) && certificate.verify(authority.publicKey);

const subjectIn = (certificate: X509Certificate): { readonly federation: string; readonly role: string } => {
  const { CN, O } = certificate.toLegacyObject().subject as { CN?: unknown; O?: unknown };
  if (typeof CN !== 'string' || typeof O !== 'string' || !rolePattern.test(CN))
    throw unusable('a certificate is for no role');
  checkFederation(O);
  return { federation: O, role: CN };
};

const sealKeyOf = ({ subjectAltName = '' }: X509Certificate): Uint8Array => {
  const [, text = ''] = new RegExp(`URI:${sealUri}([A-Za-z0-9_-]{87})$`).exec(subjectAltName) ?? [];
  const point = Buffer.from(text, 'base64url');
  if (!isPoint(point)) throw unusable('a certificate has no sealing key');
  return point;
};

/** Whether it is a point of P-256: importing checks that it lies on the curve. */
const isPoint = (point: Buffer): boolean => {
  if (point.length !== 65 || point[0] !== 4) return false;
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'));
  try {
    createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x!, y: y! }, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
};

export const unusable = (what: string, cause?: unknown): TriadError =>
  new TriadError('bad-argument', `the certificates cannot be used: ${what}`, {
    remedy: 'take ca.pem, cert.pem and roster.pem from the folder that `triad keys` made',
    ...(cause !== undefined && { cause }),
  });
