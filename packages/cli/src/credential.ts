import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from '@triad/net';
import { badArgument } from './bad-argument.js';

/** The files of a role, as `triad keys` writes them into a folder of its own. */
export const credentialFiles = { ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' } as const;

/** A role's certificate and key, and the authority of its job. */
export const readCredentials = (folder: string): Credentials => {
  const read = (file: string): string => {
    try {
      return readFileSync(join(folder, file), 'utf8');
    } catch (error) {
      throw badArgument(
        `--tls: there is no ${file} in ${folder}`,
        "give a role's folder, made by `triad keys --job JOB --roles 0,1,2 --out FOLDER`",
        error,
      );
    }
  };
  return { ca: read(credentialFiles.ca), cert: read(credentialFiles.cert), key: read(credentialFiles.key) };
};
