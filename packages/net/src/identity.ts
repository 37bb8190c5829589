/** Who is who in a federation: roles, by the certificates that one authority made for them. */
import { createPrivateKey, type KeyObject, sign, verify } from 'node:crypto';
import { TriadError } from '@triad/protocol';
import { type RoleCertificate, readRoster, unusable } from './role-certificate.js';
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
  const members = new Map<string, RoleCertificate>();
  let name: string | undefined;
  for (const certificate of readRoster(roster)) {
    const { federation, role } = certificate;
    name ??= federation;
    if (federation !== name || members.has(role) || !certificate.isIssuedBy(ca))
      throw unusable(`role ${role} of ${federation} is there twice, or of another authority`);
    members.set(role, certificate);
  }
  if (name === undefined) throw unusable('it has no certificate');
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
