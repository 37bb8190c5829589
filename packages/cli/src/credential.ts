import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Credentials, type RoleCredentials, subjectOf } from '@triad/net';
import { badArgument } from './bad-argument.js';

/** The files of a role, as `triad keys` writes them into a folder of its own. */
export const credentialFiles = {
  ca: 'ca.pem',
  cert: 'cert.pem',
  key: 'key.pem',
  seal: 'seal.pem',
  roster: 'roster.pem',
} as const;

/** A role's certificate and key, and the authority of its job. */
export const readCredentials = (folder: string): Credentials => {
  const read = reader(folder, '--tls');
  return { ca: read('ca'), cert: read('cert'), key: read('key') };
};

/** All that a role has: who it is, what opens its results, and who the others are. */
export const readIdentity = (folder: string): RoleCredentials => {
  const read = reader(folder, '--identity');
  const own = {
    ca: read('ca'),
    cert: read('cert'),
    key: read('key'),
    seal: read('seal'),
    roster: read('roster'),
  };
  const { role } = subjectOf(own);
  if (!belongs(own))
    throw badArgument(`${folder}: key.pem is not that of cert.pem`, 'take all five files from one folder');
  return { ...own, role };
};

const belongs = ({ cert, key }: Pick<Credentials, 'cert' | 'key'>): boolean => {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
};

const reader =
  (folder: string, option: string) =>
  (kind: keyof typeof credentialFiles): string => {
    const file = credentialFiles[kind];
    try {
      return readFileSync(join(folder, file), 'utf8');
    } catch (error) {
      throw badArgument(
        `${option}: there is no ${file} in ${folder}`,
        "give a role's folder, made by `triad keys --job JOB --roles 0,1,2 --out FOLDER`",
        error,
      );
    }
  };
