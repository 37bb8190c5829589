/** Whether owners have agreed to a work: every node asks this itself. */
import { TriadError } from '@triad/protocol';
import type { ParsedWork } from '../work/parsed.js';
import type { Grant, Terms } from './grant.js';

/** What a decision is about. */
export interface Request {
  readonly work: ParsedWork;
  /** Data sets that its results may tell of: those it is fed, and those an earlier job of it was fed. */
  readonly sets: readonly string[];
  readonly federation: string;
  readonly submitter: string;
  /** Digests of the data sets that are here, by `owner/name`. */
  readonly digestOf: (set: string) => string | undefined;
  /** Grants for a data set, newest first, and how often each was used. */
  readonly grants: (set: string) => readonly GrantState[];
  readonly now: Date;
}

export interface GrantState {
  readonly grant: Grant;
  readonly used: number;
}

/** That a job may use a data set, and by which grant. */
export interface Use {
  readonly set: string;
  /** Of its manifest. */
  readonly digest: string;
  /** Id of the grant. */
  readonly grant: string;
}

/** Which grants a work uses, one for each data set. Throws `refused`, naming data set, owner and reason. */
export const decide = (request: Request): readonly Use[] =>
  request.sets.map((set) => {
    const digest = request.digestOf(set);
    if (digest === undefined)
      throw refused(`there is no data set '${set}' here`, 'let its owner share it first');
    const known = request.grants(set);
    const reasons = known.map((state) => objection(request, digest, state));
    const index = reasons.indexOf(undefined);
    if (index >= 0) return { set, digest, grant: known[index]!.grant.terms.id };
    const [first] = reasons.sort((a, b) => b!.weight - a!.weight);
    throw unsigned(set, first?.what ?? `${ownerOf(set)} has signed nothing for '${set}'`);
  });

/** Throws `refused` unless uses that a job began with hold today: a job that failed may be resumed much later. */
export const decideAgain = (
  uses: readonly Use[],
  { submitter, digestOf, grants, now }: Pick<Request, 'submitter' | 'digestOf' | 'grants' | 'now'>,
): void => {
  for (const { set, digest, grant } of uses) {
    const terms = grants(set).find((state) => state.grant.terms.id === grant)?.grant.terms;
    if (terms === undefined || digestOf(set) !== digest)
      throw unsigned(set, `'${set}' is not what it was, or ${ownerOf(set)} has withdrawn it`);
    const reason = ended(terms, now) ?? stranger(terms, submitter);
    if (reason !== undefined) throw unsigned(set, reason);
  }
};

/** Why a grant does not fit; of several reasons the one that comes closest to a fit weighs most. */
interface Objection {
  readonly what: string;
  readonly weight: number;
}

const objection = (
  request: Request,
  digest: string,
  { grant: { terms }, used }: GrantState,
): Objection | undefined => {
  const { work, federation, submitter, now } = request;
  const { owner, set } = terms;
  const unless = (holds: boolean, reason: string) => (holds ? undefined : reason);
  const reasons: readonly (() => string | undefined)[] = [
    () => unless(terms.federation === federation, `${owner}'s grant for '${set}' is of another federation`),
    () => unless(terms.dataSet === digest, `${owner}'s grant is for other data under the name '${set}'`),
    () => undisclosed(work, terms),
    () => changed(work, terms),
    () => unless(terms.work === work.hash, `${owner} signed for other stages or inputs with '${set}'`),
    () => stranger(terms, submitter),
    () => ended(terms, now),
    () => unless(used < terms.uses, `${owner}'s grant for '${set}' has been used up (${terms.uses})`),
  ];
  for (const [weight, reason] of reasons.entries()) {
    const what = reason();
    if (what !== undefined) return { what, weight };
  }
  return undefined;
};

const stranger = ({ submitters, owner, set }: Terms, submitter: string): string | undefined =>
  submitters.includes(submitter) ? undefined : `${owner} does not let ${submitter} use '${set}'`;

const ended = ({ expires, owner, set }: Terms, now: Date): string | undefined =>
  new Date(expires) > now ? undefined : `${owner}'s grant for '${set}' ended at ${expires}`;

/** A value that its owner did not say may leave. */
const undisclosed = (
  { exposures }: ParsedWork,
  { owner, set, exposures: signed }: Terms,
): string | undefined => {
  const extra = exposures.find(({ what, to }) => !signed.some((s) => s.what === what && s.to === to));
  return (
    extra && `the work reveals '${extra.what}' to ${extra.to}, which ${owner} did not sign for with '${set}'`
  );
};

const changed = ({ programs }: ParsedWork, { owner, set, programs: signed }: Terms): string | undefined => {
  const other = [...programs].find(([name, program]) => signed[name] !== program.hash());
  if (other === undefined) return undefined;
  const [name, program] = other;
  return `program '${name}' (${program.hash().slice(0, 12)}) is not the one ${owner} signed for with '${set}'`;
};

const ownerOf = (set: string): string => set.split('/')[0]!;

const unsigned = (set: string, what: string): TriadError =>
  refused(what, `ask ${ownerOf(set)} for a grant: \`triad grant\``);

const refused = (what: string, remedy: string): TriadError => new TriadError('refused', what, { remedy });
