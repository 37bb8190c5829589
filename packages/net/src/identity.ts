/** Who is who in a federation: roles, by the certificates that one authority made for them. */
import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';
import { TriadError } from '@triad/protocol';
import { sealUri } from './certificate-name.js';
import { rolePattern } from './keys.js';
import { checkFederation } from './roster.js';
import type { Credentials } from './wire.js';

/** Bytes that say which use a signature is for, and the bytes that are signed. Labels have no zero byte. */
export type Signer = (label: string, bytes: Uint8Array) => Uint8Array;

export interface Member {
  readonly role: string;
  readonly publicKey: KeyObject;
  /** An uncompressed point of P-256: 65 bytes. */
  readonly sealKey: Uint8Array;
  readonly expires: Date;
}

export interface Federation {
  readonly name: string;
  readonly roles: readonly string[];
  /** Throws `bad-argument` for a role that is none, `refused` for one whose certificate does not hold now. */
  member(role: string): Member;
  /** Whether the role has signed these bytes for this use. Throws as `member` does. */
  verify(role: string, label: string, bytes: Uint8Array, signature: Uint8Array): boolean;
}

const maxRosterChars = 2 ** 18;
const maxMembers = 256;
const signatureBytes = 64;

/** ECDSA with P-256 and SHA-256, r and s of 32 bytes each. */
const encoding = 'ieee-p1363';

const labelled = (label: string, bytes: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`triad/sign/1\0${label}\0`), bytes]);

/** Signs as the role of the credentials. */
export const signer = ({ key }: Credentials): Signer => {
  const privateKey = createPrivateKey(key);
  return (label, bytes) => sign('sha256', labelled(label, bytes), { key: privateKey, dsaEncoding: encoding });
};

/** Whom a certificate was made for; its chain is not looked at. Throws `bad-argument` for a text that is none. */
export const subjectOf = ({
  cert,
}: Pick<Credentials, 'cert'>): { readonly federation: string; readonly role: string } => {
  const { federation, role } = named(parseCertificate(cert));
  return { federation, role };
};

/**
 * The roles that a federation's authority has made certificates for, from `roster.pem`. Throws `bad-argument` for a text that is none,
 * and for certificates of another authority.
 */
export const readFederation = ({
  ca,
  roster,
}: {
  readonly ca: string;
  readonly roster: string;
}): Federation => {
  const authority = parseCertificate(ca);
  const members = new Map<string, Member & { readonly from: Date }>();
  let name: string | undefined;
  for (const pem of split(roster)) {
    const certificate = parseCertificate(pem);
    const own = named(certificate);
    name ??= own.federation;
    if (own.federation !== name || members.has(own.role) || !isIssued(certificate, authority))
      throw wrong(`role ${own.role} of ${own.federation} is there twice, or of another authority`);
    members.set(own.role, {
      role: own.role,
      publicKey: certificate.publicKey,
      sealKey: sealKeyOf(certificate),
      from: new Date(certificate.validFrom),
      expires: new Date(certificate.validTo),
    });
  }
  if (name === undefined) throw wrong('it has no certificate');
  const federation = name;
  const member = (role: string): Member => {
    const found = members.get(role);
    if (found === undefined)
      throw new TriadError('bad-argument', `federation ${federation} has no role '${role}'`, {
        remedy: `its roles are ${[...members.keys()].join(', ')}`,
      });
    const now = new Date();
    if (now >= found.from && now <= found.expires) return found;
    throw new TriadError(
      'refused',
      `the certificate of '${role}' holds from ${iso(found.from)} to ${iso(found.expires)}`,
      {
        remedy: 'check the clock, or make new keys with `triad keys`',
      },
    );
  };
  return {
    name: federation,
    roles: [...members.keys()],
    member,
    verify: (role, label, bytes, signature) =>
      signature.length === signatureBytes &&
      verify(
        'sha256',
        labelled(label, bytes),
        { key: member(role).publicKey, dsaEncoding: encoding },
        signature,
      ),
  };
};

const iso = (date: Date): string => date.toISOString();

const split = (roster: string): readonly string[] => {
  if (roster.length > maxRosterChars) throw wrong(`it has more than ${maxRosterChars} characters`);
  const found = roster.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (found.length > maxMembers) throw wrong(`it has more than ${maxMembers} certificates`);
  return found;
};

const parseCertificate = (pem: string): X509Certificate => {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw wrong('a certificate cannot be read', error);
  }
};

const isIssued = (certificate: X509Certificate, authority: X509Certificate): boolean =>
  certificate.checkIssued(authority) && certificate.verify(authority.publicKey);

const named = (certificate: X509Certificate): { readonly federation: string; readonly role: string } => {
  const { CN, O } = certificate.toLegacyObject().subject as { CN?: unknown; O?: unknown };
  if (typeof CN !== 'string' || typeof O !== 'string' || !rolePattern.test(CN))
    throw wrong('a certificate is for no role');
  checkFederation(O);
  return { federation: O, role: CN };
};

const sealKeyOf = ({ subjectAltName = '' }: X509Certificate): Uint8Array => {
  const [, text = ''] = new RegExp(`URI:${sealUri}([A-Za-z0-9_-]{87})$`).exec(subjectAltName) ?? [];
  const point = Buffer.from(text, 'base64url');
  if (!isPoint(point)) throw wrong('a certificate has no sealing key');
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

const wrong = (what: string, cause?: unknown): TriadError =>
  new TriadError('bad-argument', `the certificates cannot be used: ${what}`, {
    remedy: 'take ca.pem, cert.pem and roster.pem from the folder that `triad keys` made',
    ...(cause !== undefined && { cause }),
  });
