/** Whether a role's folder is whole, its own, and of one federation. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type RoleCredentials, subjectOf } from '@triad/net';
import { credentialFiles } from '../credential.js';
import { checkCertificates } from './certificate.js';
import { type Finding, failed, ok, skipped, warning } from './finding.js';

export interface Identified {
  readonly findings: readonly Finding[];
  /** Undefined when no connection can be made with it. */
  readonly identity?: RoleCredentials;
}

type Texts = Record<keyof typeof credentialFiles, string>;

const kinds = Object.keys(credentialFiles) as (keyof Texts)[];
const privateKinds = ['key', 'seal'] as const;
const remedy =
  'take the folder that `triad keys` made for the role, or make new keys for all roles: it throws its own key away';

/** Looks at a folder as `triad keys` makes them. */
export const checkIdentity = async (folder: string, now = new Date()): Promise<Identified> => {
  const read = await Promise.all(kinds.map(async (kind) => [kind, await text(folder, kind)] as const));
  const missing = read.filter(([, each]) => each === undefined).map(([kind]) => credentialFiles[kind]);
  const access = await checkAccess(folder);
  if (missing.length > 0) {
    const what = `${missing.join(', ')} cannot be read in ${folder}`;
    const files = failed('identity: files', { what, remedy, values: { folder, missing } });
    return { findings: [files, ...access, skipped('identity: the rest', 'files are missing')] };
  }
  const texts = Object.fromEntries(read) as Texts;
  const files = ok('identity: files', `all ${kinds.length} are in ${folder}`, { folder, missing: [] });
  const certificates = checkCertificates(texts, now);
  const findings = [files, ...access, ...certificates];
  return isUsable(certificates)
    ? { findings, identity: { ...texts, role: subjectOf(texts).role } }
    : { findings };
};

const text = (folder: string, kind: keyof Texts): Promise<string | undefined> =>
  readFile(join(folder, credentialFiles[kind]), 'utf8').catch(() => undefined);

/** Whether a connection can be tried with it: what has expired is worth a try, for its clock may be wrong. */
const isUsable = (findings: readonly Finding[]): boolean =>
  ['certificate', 'key', 'authority'].every((part) =>
    findings.some(({ check, outcome }) => check === `identity: ${part}` && outcome === 'ok'),
  );

/** Windows keeps no such modes. */
const checkAccess = async (folder: string): Promise<Finding[]> => {
  if (process.platform === 'win32') return [];
  const open: string[] = [];
  for (const kind of privateKinds) {
    const path = join(folder, credentialFiles[kind]);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && (found.mode & 0o077) !== 0) open.push(path);
  }
  if (open.length === 0) return [ok('identity: access', 'no other user may read the private keys', { open })];
  const what = `other users may read ${open.join(' and ')}`;
  return [warning('identity: access', { what, remedy: `chmod 600 ${open.join(' ')}`, values: { open } })];
};
