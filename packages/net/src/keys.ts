import { TriadError } from '@triad/protocol';
import { checkFederation } from './roster.js';
import type { Credentials } from './wire.js';

/** What one role needs, and nobody else may have. */
export interface RoleCredentials extends Credentials {
  readonly role: string;
  /** Private key that opens what is sealed for the role, as a PEM text. */
  readonly seal: string;
  /** The certificates of all roles, as PEM texts in a row: `readFederation` reads them. */
  readonly roster: string;
}

export interface KeysOptions {
  /** How long the certificates hold; default 30. */
  readonly days?: number;
}

/** `0`, `12` or a name. */
export const rolePattern = /^(?:\d{1,2}|[A-Za-z][A-Za-z0-9-]{0,31})$/;

/**
 * A certificate and keys for each role of a job, signed by an authority made for it (subject `CN=role, O=job`). They hold for the
 * job's parts, `JOB/PART`, too. The authority's key is thrown away, so that nobody can join later: make the keys of all roles at once.
 */
export const keys = async (
  job: string,
  roles: readonly string[],
  { days = 30 }: KeysOptions = {},
): Promise<RoleCredentials[]> => {
  checkFederation(job);
  checkRoles(roles);
  const { authority } = await import('./certificate.js');
  const { ca, issue } = await authority(job, days);
  const issued = await Promise.all(
    roles.map(async (role) => ({ role, ca, ...(await issue({ role, job })) })),
  );
  const roster = issued.map(({ cert }) => cert).join('');
  return issued.map((each) => ({ ...each, roster }));
};

const checkRoles = (roles: readonly string[]): void => {
  for (const [i, role] of roles.entries()) {
    if (rolePattern.test(role) && roles.indexOf(role) === i) continue;
    throw new TriadError('bad-argument', `${JSON.stringify(role)} is no role, or given twice`, {
      remedy: 'roles are 0, 1, 2 and names of up to 32 letters, digits and dashes, a letter first',
    });
  }
};
