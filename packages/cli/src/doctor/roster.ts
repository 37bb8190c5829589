/** Whether a role's list of all certificates is of its federation, has its own, and holds. */
import { type RoleCertificate, readRoster } from '@triad/net';
import { failureOf } from '../failure.js';
import { type Finding, failed, ok, type Trouble, warning } from './finding.js';
import { describeValidity, validityOf } from './validity.js';

/** PEM texts. */
export interface RosterTexts {
  readonly ca: string;
  readonly roster: string;
}

const check = 'identity: roster';
const remedy = 'take all five files from one folder that `triad keys` made';

export const checkRoster = (own: RoleCertificate, texts: RosterTexts, now: Date): Finding[] => {
  try {
    const all = readRoster(texts.roster);
    const trouble = troubleOf(own, all, texts.ca);
    if (trouble !== undefined) return [failed(check, trouble)];
    const roles = namesOf(all);
    return [
      ok(check, `${roles.length} roles: ${roles.join(', ')}`, { roles }),
      checkOthers(
        all.filter(({ role }) => role !== own.role),
        now,
      ),
    ];
  } catch (error) {
    return [failed(check, { what: `roster.pem: ${failureOf(error).what}`, remedy })];
  }
};

const namesOf = (all: readonly RoleCertificate[]): string[] => all.map(({ role }) => role);

const troubleOf = (
  { role, federation, fingerprint }: RoleCertificate,
  all: readonly RoleCertificate[],
  ca: string,
): Trouble | undefined => {
  const foreign = all.filter((each) => each.federation !== federation || !each.isIssuedBy(ca));
  const values = { roles: namesOf(all) };
  if (foreign.length > 0) {
    const what = `roster.pem has roles of another authority: ${namesOf(foreign).join(', ')}`;
    return { what, remedy, values };
  }
  const listed = all.filter((each) => each.role === role);
  if (listed.length === 1 && listed[0]!.fingerprint === fingerprint) return undefined;
  return { what: `roster.pem does not have this certificate of role ${role}`, remedy, values };
};

const checkOthers = (others: readonly RoleCertificate[], now: Date): Finding => {
  const name = 'identity: others';
  const ending = others.filter((each) => validityOf(each, now) !== 'ok');
  const values = { roles: namesOf(ending) };
  if (ending.length === 0) return ok(name, 'the certificates of all other roles hold', values);
  const what = ending.map((each) => `that of ${each.role} ${describeValidity(each, now)}`).join(', ');
  return warning(name, { what, remedy: 'make new keys for all roles in time', values });
};
