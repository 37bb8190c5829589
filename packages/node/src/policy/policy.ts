/** Whether owners have agreed to a work: every node asks this itself. */
import { TriadError } from '@triad/protocol';
import type { ParsedWork } from '../work/parsed.js';
import type { Grant, Terms } from './grant.js';

/** What a decision is about. */
export interface Request {
  readonly work: ParsedWork;
  /** What its model was trained on: its results may tell of that, too. */
  readonly trained: readonly Pick<Use, 'set' | 'digest'>[];
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
  setsOf(request).map((set) => {
    const known = request.grants(set);
    const isNamed = known.some(({ grant }) => grant.terms.submitters.includes(request.submitter));
    const digest = isNamed ? request.digestOf(set) : undefined;
    if (digest === undefined)
      throw unsigned(set, `${ownerOf(set)} lets ${request.submitter} use no '${set}' that is here`);
    if (request.trained.some((use) => use.set === set && use.digest !== digest))
      throw refused(`the model was trained on other data than is here as '${set}'`, 'train it again');
    const reasons = known.map((state) => objection(request, digest, state));
    const index = reasons.indexOf(undefined);
    if (index >= 0) return { set, digest, grant: known[index]!.grant.terms.id };
    const [first] = reasons.sort((a, b) => b!.weight - a!.weight);
    throw unsigned(set, first!.what!);
  });

/** Data sets that its results may tell of. */
const setsOf = ({ work, trained }: Request): readonly string[] =>
  [...new Set([...work.sets, ...trained.map(({ set }) => set)])].sort();

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
  refused(what, `ask ${ownerOf(set)} to share it, and for a grant: \`triad grant\``);

const refused = (what: string, remedy: string): TriadError => new TriadError('refused', what, { remedy });
