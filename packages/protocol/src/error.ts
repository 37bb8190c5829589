/** What went wrong, as a word programs can switch on. */
export type ErrorCode =
  | 'address-reused'
  | 'bad-argument'
  | 'bad-message'
  | 'closed'
  | 'limit'
  | 'mismatch'
  | 'peer-lost'
  /** It is not allowed. */
  | 'refused'
  | 'timeout';

export interface ErrorContext {
  /** The party at fault, or the one that could not be reached. */
  readonly party?: number;
  /** The op during which it was noticed. */
  readonly op?: string;
  /** What to do about it. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** An error with a code, the party and op concerned, and the remedy; its message reads `what; remedy`. */
export class TriadError extends Error {
  override readonly name = 'TriadError';
  readonly code: ErrorCode;
  readonly party: number | undefined;
  readonly op: string | undefined;
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, what: string, context: ErrorContext = {}) {
    const at = context.op === undefined ? '' : ` at op ${context.op}`;
    const remedy = context.remedy === undefined ? '' : `; ${context.remedy}`;
    super(`${what}${at}${remedy}`, context.cause === undefined ? undefined : { cause: context.cause });
    this.code = code;
    this.party = context.party;
    this.op = context.op;
    this.remedy = context.remedy;
  }
}
