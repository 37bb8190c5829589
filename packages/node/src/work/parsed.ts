/** A work whose programs have been read: what it would do, and what it would reveal. */
import { type Node, Program, parameter, program } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import { elementsOf } from './size.js';
import { type ExposureStage, hashWork, isRun, type RunStage, role, type Work } from './work.js';

/** One value that leaves, or a series of such values. */
export interface Exposure {
  /** `program.reveal`, or a parameter's name. */
  readonly what: string;
  /** Under which the result party finds it. */
  readonly name: string;
  /** A result party. */
  readonly to: string;
}

export interface ParsedRun extends RunStage {
  readonly of: Program;
}

/** A work that makes sense in itself; whether its data sets are there is another question. */
export interface ParsedWork {
  readonly work: Work;
  /** See `hashWork`. */
  readonly hash: string;
  readonly programs: ReadonlyMap<string, Program>;
  readonly stages: readonly (ParsedRun | ExposureStage)[];
  readonly exposures: readonly Exposure[];
  /** Inputs that are fed to some stage, and their data sets. */
  readonly fed: readonly string[];
  readonly sets: readonly string[];
  /** Has the parameters of all programs. */
  readonly parameters: Program;
}

/** Programs, each looked at once: a work may have thousands of stages. */
interface Known {
  readonly of: Program;
  readonly data: ReadonlySet<string>;
  readonly owned: string | undefined;
}

/** Values and series of values that a work may reveal. */
const maxExposures = 256;

/**
 * Throws `bad-argument` for a work that contradicts itself, uses nobody's data, or would reveal something to others than result parties, `limit` for
 * values that are too large.
 */
export const parseWork = (work: Work): ParsedWork => {
  const known = new Map(Object.entries(work.programs).map(([name, text]) => [name, look(parse(name, text))]));
  const parameters = parametersOf([...known.values()].map(({ of }) => of));
  const stages = work.stages.map((stage, i) => {
    if (isRun(stage)) return checkRun(stage, `stage ${i}`, known, work);
    if (parameters.has(stage.parameter)) return stage;
    throw wrong(
      `stage ${i} reveals '${stage.parameter}', a parameter of no program`,
      'name one of a program',
    );
  });
  const fed = [...new Set(stages.flatMap((stage) => (isRun(stage) ? Object.values(stage.feed) : [])))];
  const sets = [...new Set(fed.flatMap((input) => work.inputs[input]!))].sort();
  if (sets.length === 0 && work.model === undefined)
    throw wrong('the work uses no data set and no model', 'feed one to a stage');
  return {
    work,
    hash: hashWork(work),
    programs: new Map([...known].map(([name, { of }]) => [name, of])),
    stages,
    exposures: distinct(stages.flatMap(exposuresOf)),
    fed,
    sets,
    parameters,
  };
};

/** Throws `bad-argument` where two of one name differ. */
const parametersOf = (programs: readonly Program[]): Program =>
  program(() => {
    for (const { parameters } of programs) for (const { attributes } of parameters) parameter(attributes);
  });

const parse = (name: string, text: string): Program => {
  try {
    const parsed = Program.parse(new TextEncoder().encode(text));
    elementsOf(parsed, 1);
    return parsed;
  } catch (error) {
    if (!(error instanceof TriadError)) throw error;
    throw new TriadError(error.code, `program '${name}': ${error.message}`, { cause: error });
  }
};

const look = (of: Program): Known => ({
  of,
  data: new Set(of.data.map(({ attributes }) => attributes.name)),
  owned: of.data.find(({ attributes }) => attributes.owner !== null)?.attributes.name,
});

const checkRun = (
  stage: RunStage,
  where: string,
  programs: ReadonlyMap<string, Known>,
  { inputs }: Work,
): ParsedRun => {
  const known = programs.get(stage.program);
  if (known === undefined)
    throw wrong(`${where} runs '${stage.program}', which is not there`, 'add the program');
  const { of, data, owned } = known;
  const fed = Object.keys(stage.feed);
  const odd =
    [...data].find((name) => !Object.hasOwn(stage.feed, name)) ?? fed.find((name) => !data.has(name));
  if (odd !== undefined)
    throw wrong(`${where} and its program differ in '${odd}'`, 'feed all data of the program, and no other');
  if (owned !== undefined)
    throw wrong(`${where}: '${owned}' has an owner, who is not there`, 'declare it without one');
  const strange = Object.values(stage.feed).find((input) => !Object.hasOwn(inputs, input));
  if (strange !== undefined) throw wrong(`${where} feeds '${strange}', which is no input`, 'add the input');
  return { ...stage, of };
};

const exposuresOf = (stage: ParsedRun | ExposureStage): Exposure[] => {
  if (!isRun(stage)) return [{ what: stage.parameter, name: stage.parameter, to: stage.to }];
  return (stage.reveal ?? []).map((name) => {
    const { attributes } = revealOf(stage, name);
    return { what: `${stage.program}.${name}`, name, to: attributes.to as string };
  });
};

const revealOf = ({ of, program }: ParsedRun, name: string): Node<'reveal'> => {
  const node = of.has(name) ? of.variable(name).node : undefined;
  if (node?.kind !== 'reveal')
    throw wrong(`program '${program}' has no reveal named '${name}'`, 'name its reveal');
  const reveal = node as Node<'reveal'>;
  const { to } = reveal.attributes;
  if (to !== 'all' && role.safeParse(to).success) return reveal;
  throw wrong(
    `program '${program}' reveals '${name}' to ${to === 'all' ? 'all computing parties' : `computing party ${to}`}`,
    'nodes learn nothing: reveal to a result party',
  );
};

/** A name stands for one series of values of one recipient. */
const distinct = (exposures: readonly Exposure[]): Exposure[] => {
  const found = new Map<string, Exposure>();
  for (const each of exposures) {
    const known = found.get(each.name);
    if (known !== undefined && (known.to !== each.to || known.what !== each.what))
      throw wrong(`two reveals are named '${each.name}'`, 'give each a name of its own');
    found.set(each.name, each);
  }
  if (found.size > maxExposures)
    throw new TriadError('limit', `the work reveals more than ${maxExposures} values`, {
      remedy: 'reveal them as one, or in several works',
    });
  return [...found.values()];
};

const wrong = (what: string, remedy: string): TriadError => new TriadError('bad-argument', what, { remedy });
