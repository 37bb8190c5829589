/** Whether certificate, keys and authority of a role belong together. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type RoleCertificate, type RoleCredentials, readCertificate } from '@triad/net';
import { failureOf } from '../failure.js';
import { type Finding, failed, ok, skipped } from './finding.js';
import { checkRoster } from './roster.js';
import { checkValidity } from './validity.js';

type Texts = Omit<RoleCredentials, 'role'>;

const remedy = 'take all five files from one folder that `triad keys` made';

export const checkCertificates = (texts: Texts, now: Date): Finding[] => {
  let own: RoleCertificate;
  try {
    own = readCertificate(texts.cert);
  } catch (error) {
    const what = `cert.pem: ${failureOf(error).what}`;
    return [
      failed('identity: certificate', { what, remedy }),
      skipped('identity: the rest', 'the certificate cannot be read'),
    ];
  }
  const { federation, role } = own;
  return [
    ok('identity: certificate', `role ${role} of federation ${federation}`, { role, federation }),
    checkKey(own, texts),
    checkSeal(own, texts),
    checkAuthority(own, texts),
    checkValidity('identity: validity', 'the certificate', own, now),
    ...checkRoster(own, texts, now),
  ];
};

const checkKey = ({ publicKey }: RoleCertificate, { key }: Texts): Finding => {
  const own = publicOf(key);
  if (own?.equals(publicKey)) return ok('identity: key', "key.pem is the certificate's");
  const what = own === undefined ? 'key.pem is no private key' : 'key.pem is of another certificate';
  return failed('identity: key', { what, remedy });
};

const checkSeal = ({ sealKey }: RoleCertificate, { seal }: Texts): Finding => {
  const own = publicOf(seal);
  if (own !== undefined && pointOf(own)?.equals(sealKey))
    return ok('identity: seal key', 'seal.pem opens what is sealed for the certificate');
  const what = own === undefined ? 'seal.pem is no private key' : 'seal.pem is of another certificate';
  return failed('identity: seal key', { what, remedy });
};

const checkAuthority = (own: RoleCertificate, { ca }: Texts): Finding => {
  try {
    if (own.isIssuedBy(ca)) return ok('identity: authority', 'ca.pem has made the certificate');
    return failed('identity: authority', { what: 'ca.pem is of another authority', remedy });
  } catch {
    return failed('identity: authority', { what: 'ca.pem is no certificate', remedy });
  }
};

/** The public half of a private key; undefined for a text that is none. */
const publicOf = (pem: string): KeyObject | undefined => {
  try {
    return createPublicKey(createPrivateKey(pem));
  } catch {
    return undefined;
  }
};

/** An uncompressed point; undefined when it is a key of another kind. */
const pointOf = (key: KeyObject): Buffer | undefined => {
  const { crv, x, y } = key.export({ format: 'jwk' });
  if (crv !== 'P-256' || x === undefined || y === undefined) return undefined;
  return Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
};
