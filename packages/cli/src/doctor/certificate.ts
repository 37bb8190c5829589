/** Whether certificates, keys and roster of a role belong together. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type RoleCertificate, type RoleCredentials, readCertificate, readRoster } from '@triad/net';
import { failureOf } from '../failure.js';
import { type Finding, failed, ok, skipped, warning } from './finding.js';
import { checkValidity, describeValidity, validityOf } from './validity.js';

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

const checkRoster = (own: RoleCertificate, { ca, roster }: Texts, now: Date): Finding[] => {
  let all: readonly RoleCertificate[];
  try {
    all = readRoster(roster);
    const foreign = all.filter((each) => each.federation !== own.federation || !each.isIssuedBy(ca));
    if (foreign.length > 0) {
      const roles = foreign.map(({ role }) => role);
      const what = `roster.pem has roles of another authority: ${roles.join(', ')}`;
      return [failed('identity: roster', { what, remedy, values: { roles } })];
    }
  } catch (error) {
    return [failed('identity: roster', { what: `roster.pem: ${failureOf(error).what}`, remedy })];
  }
  const roles = all.map(({ role }) => role);
  const listed = all.filter(({ role }) => role === own.role);
  if (listed.length !== 1 || listed[0]!.fingerprint !== own.fingerprint) {
    const what = `roster.pem does not have this certificate of role ${own.role}`;
    return [failed('identity: roster', { what, remedy, values: { roles } })];
  }
  return [
    ok('identity: roster', `${roles.length} roles: ${roles.join(', ')}`, { roles }),
    checkOthers(
      all.filter(({ role }) => role !== own.role),
      now,
    ),
  ];
};

const checkOthers = (others: readonly RoleCertificate[], now: Date): Finding => {
  const ending = others.filter((each) => validityOf(each, now) !== 'ok');
  const roles = ending.map(({ role }) => role);
  if (ending.length === 0)
    return ok('identity: others', 'the certificates of all other roles hold', { roles });
  const what = ending.map((each) => `that of ${each.role} ${describeValidity(each, now)}`).join(', ');
  return warning('identity: others', {
    what,
    remedy: 'make new keys for all roles in time',
    values: { roles },
  });
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
