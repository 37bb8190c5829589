/** A work whose programs have been read: what it would do, and what it would reveal. */
import { type Node, Program } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import { type ExposureStage, hashWork, isRun, type RunStage, type Work } from './work.js';

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
  /** All that are fed to some stage. */
  readonly sets: readonly string[];
}

/** Throws `bad-argument` for a work that contradicts itself, or would reveal something to others than result parties. */
export const parseWork = (work: Work): ParsedWork => {
  const programs = new Map(Object.entries(work.programs).map(([name, text]) => [name, parse(name, text)]));
  const parameters = new Set(
    [...programs.values()].flatMap((p) => p.parameters.map((n) => n.attributes.name)),
  );
  const stages = work.stages.map((stage, i) => {
    if (isRun(stage)) return checkRun(stage, `stage ${i}`, programs, work);
    if (parameters.has(stage.parameter)) return stage;
    throw wrong(
      `stage ${i} reveals '${stage.parameter}', a parameter of no program`,
      'name one of a program',
    );
  });
  const exposures = distinct(stages.flatMap(exposuresOf));
  const fed = new Set(stages.flatMap((stage) => (isRun(stage) ? Object.values(stage.feed) : [])));
  return {
    work,
    hash: hashWork(work),
    programs,
    stages,
    exposures,
    sets: [...new Set([...fed].flatMap((input) => work.inputs[input]!))].sort(),
  };
};

const parse = (name: string, text: string): Program => {
  try {
    return Program.parse(new TextEncoder().encode(text));
  } catch (error) {
    if (!(error instanceof TriadError)) throw error;
    throw new TriadError(error.code, `program '${name}': ${error.message}`, { cause: error });
  }
};

const checkRun = (
  stage: RunStage,
  where: string,
  programs: ReadonlyMap<string, Program>,
  { inputs }: Work,
): ParsedRun => {
  const of = programs.get(stage.program);
  if (of === undefined)
    throw wrong(`${where} runs '${stage.program}', which is not there`, 'add the program');
  const wanted = of.data.map(({ attributes }) => attributes.name);
  const odd =
    wanted.find((data) => !Object.hasOwn(stage.feed, data)) ??
    Object.keys(stage.feed).find((data) => !wanted.includes(data));
  if (odd !== undefined)
    throw wrong(`${where} and its program differ in '${odd}'`, 'feed all data of the program, and no other');
  const owned = of.data.find(({ attributes }) => attributes.owner !== null);
  if (owned !== undefined)
    throw wrong(
      `${where}: '${owned.attributes.name}' has an owner, who is not there`,
      'declare it without one',
    );
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
  if (typeof to === 'string' && to !== 'all') return reveal;
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
  return [...found.values()];
};

const wrong = (what: string, remedy: string): TriadError => new TriadError('bad-argument', what, { remedy });
