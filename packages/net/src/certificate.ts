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
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

import { sealUri } from './certificate-name.js';

/** A certificate and its private keys, as PEM texts. */
export interface Certificate {
  readonly cert: string;
  /** Speaks for the role. */
  readonly key: string;
  /** Opens what is sealed for the role: P-256, its public key in the certificate. */
  readonly seal: string;
}

export interface Subject {
  readonly role: string;
  readonly job: string;
}

/** An authority that lives in memory only. */
export interface Authority {
  /** Its certificate, as a PEM text. */
  readonly ca: string;
  issue(subject: Subject): Promise<Certificate>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const agreement = { name: 'ECDH', namedCurve: 'P-256' };
/** Clocks may differ by an hour. */
const skew = 60 * 60 * 1000;
const day = 24 * 60 * 60 * 1000;

/** A new authority; its certificates hold for so many days. X.509 version 3, P-256, ECDSA with SHA-256. */
export const authority = async (job: string, days: number): Promise<Authority> => {
  cryptoProvider.set(webcrypto);
  const now = Date.now();
  const validity = { notBefore: new Date(now - skew), notAfter: new Date(now + days * day) };
  const keys = await keyPair();
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: serial(),
    name: name({ role: 'authority', job }),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    ca: ca.toString('pem'),
    issue: async (subject) => {
      const own = await keyPair();
      const sealing = await webcrypto.subtle.generateKey(agreement, true, ['deriveBits']);
      const point = await webcrypto.subtle.exportKey('raw', sealing.publicKey);
      const uri = sealUri + Buffer.from(point).toString('base64url');
      const certificate = await X509CertificateGenerator.create({
        ...validity,
        serialNumber: serial(),
        subject: name(subject),
        issuer: ca.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [...leaf, new SubjectAlternativeNameExtension([{ type: 'url', value: uri }])],
      });
      return {
        cert: certificate.toString('pem'),
        key: await privatePem(own),
        seal: await privatePem(sealing),
      };
    },
  };
};

/** For servers and clients, and for nothing else. */
const leaf = [
  new BasicConstraintsExtension(false, undefined, true),
  new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
  new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
];

const keyPair = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

const privatePem = async ({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> =>
  PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');

const name = ({ role, job }: Subject) => [{ CN: [role] }, { O: [job] }];

/** 127 random bits: a positive number. */
const serial = (): string => {
  const bytes = randomBytes(16);
  bytes[0]! &= 0x7f;
  return bytes.toString('hex');
};
