import { type ErrorCode, TriadError } from '@triad/protocol';

/** Why a party leaves, as it travels in a goodbye. An empty one is an ordinary end. */
export interface Reason {
  readonly code: ErrorCode;
  /** The party at fault, when that is known. */
  readonly party?: number;
  readonly what: string;
  readonly op?: string;
  readonly remedy?: string;
}

const codes: Record<ErrorCode, true> = {
  'address-reused': true,
  'bad-argument': true,
  'bad-message': true,
  closed: true,
  limit: true,
  mismatch: true,
  'peer-lost': true,
  refused: true,
  timeout: true,
};

const maxText = 1000;

/** One line of bounded length: what peers write ends up on terminals. */
export const plainText = (text: string, length = maxText): string =>
  text.slice(0, length).replace(/\p{C}+/gu, ' ');

const without = (text: string, end: string): string =>
  text.endsWith(end) ? text.slice(0, -end.length) : text;

/** What to tell the peers when this party fails with an error. */
export const toReason = (error: Error, self: number): Reason => {
  if (!(error instanceof TriadError)) return { code: 'closed', party: self, what: plainText(error.message) };
  const { code, party = self, op, remedy } = error;
  const said = remedy === undefined ? error.message : without(error.message, `; ${remedy}`);
  return {
    code,
    party,
    what: plainText(op === undefined ? said : without(said, ` at op ${op}`)),
    ...(op !== undefined && { op: plainText(op) }),
    ...(remedy !== undefined && { remedy: plainText(remedy) }),
  };
};

/** The error a goodbye stands for, told by `messenger`: the code and the party at fault stay what they were. */
export const fromReason = ({ code, party, what, op, remedy }: Reason, messenger: string): TriadError =>
  new TriadError(code, `${messenger} stopped: ${what}`, {
    ...(party !== undefined && { party }),
    ...(op !== undefined && { op }),
    ...(remedy !== undefined && { remedy }),
  });

const optionalText = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string';

/** A peer's goodbye, checked; undefined when it has another form. */
export const readReason = (value: Readonly<Record<string, unknown>>): Reason | undefined => {
  const { code, party, what, op, remedy } = value;
  if (typeof code !== 'string' || !Object.hasOwn(codes, code)) return undefined;
  if (typeof what !== 'string' || !optionalText(op) || !optionalText(remedy)) return undefined;
  if (party !== undefined && !(Number.isInteger(party) && (party as number) >= 0)) return undefined;
  return {
    code: code as ErrorCode,
    what: plainText(what),
    ...(party !== undefined && { party: party as number }),
    ...(op !== undefined && { op: plainText(op) }),
    ...(remedy !== undefined && { remedy: plainText(remedy) }),
  };
};
