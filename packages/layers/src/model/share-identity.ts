import type { Scheme } from '@triad/protocol';
import { malformed } from './fault.js';
import { kindName } from './plain-model.js';

/** What a file of shares says about itself. */
export interface ShareIdentity {
  readonly scheme: string;
  /** The scheme's parameters where it was written; shares do not depend on them. */
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly parties: number;
  /** Whose share it is. */
  readonly party: number;
  /** 32 hexadecimal digits, the same in all parties' shares of one model at one moment, and in no others. */
  readonly model: string;
  readonly fractionBits: number;
  /** Runs that were started before it was saved, those before it was loaded included. */
  readonly steps: number;
  /** Hash of the program it was saved by. */
  readonly program?: string;
}

const prefix = 'triad.';
const version = '1';

/** As a header's metadata. */
export const formatIdentity = ({ parameters, program, ...rest }: ShareIdentity): Record<string, string> => ({
  [kindName]: 'share',
  [`${prefix}version`]: version,
  [`${prefix}parameters`]: JSON.stringify(parameters),
  ...(program !== undefined && { [`${prefix}program`]: program }),
  ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [prefix + name, String(value)])),
});

/** Throws `bad-argument` unless the metadata are those of a share. */
export const parseIdentity = (metadata: Readonly<Record<string, string>>): ShareIdentity => {
  if (metadata[kindName] !== 'share') throw malformed("it is no party's share of a model");
  const text = (name: string, pattern: RegExp): string => {
    const value = metadata[prefix + name];
    if (value !== undefined && pattern.test(value)) return value;
    throw malformed(`its ${name} cannot be read`);
  };
  const number = (name: string): number => Number(text(name, /^(0|[1-9]\d{0,14})$/));
  if (text('version', /^\d+$/) !== version) throw malformed('it is of another version of the format');
  const program = metadata[`${prefix}program`];
  const identity = {
    scheme: text('scheme', /^.+$/s),
    parameters: parseParameters(text('parameters', /^\{/)),
    parties: number('parties'),
    party: number('party'),
    model: text('model', /^[0-9a-f]{32}$/),
    fractionBits: number('fractionBits'),
    steps: number('steps'),
    ...(program !== undefined && { program: text('program', /^[0-9a-f]{64}$/) }),
  };
  if (identity.party < identity.parties && identity.fractionBits < 63) return identity;
  throw malformed('its numbers contradict each other');
};

const parseParameters = (text: string): Readonly<Record<string, string | number>> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('its parameters cannot be read');
  }
  if (isParameters(value)) return value;
  throw malformed('its parameters are no strings and numbers');
};

const isParameters = (value: unknown): value is Readonly<Record<string, string | number>> =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((v) => typeof v === 'string' || typeof v === 'number');

/** Shares that are made here and now. */
export const identityOf = <S>(
  { name, parties, parameters }: Scheme<S>,
  rest: Omit<ShareIdentity, 'scheme' | 'parties' | 'parameters'>,
): ShareIdentity => ({ scheme: name, parties, parameters, ...rest });
