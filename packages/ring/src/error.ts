/** What went wrong, as a word programs can switch on. */
export type RingErrorCode = 'bad-argument' | 'disposed' | 'memory' | 'range' | 'shape';

/** The element an error is about. */
export interface RingErrorContext {
  /** Its row-major index. */
  readonly index?: number;
  readonly value?: number | bigint;
}

/** The error every function of this package throws: a code, a message, and the element concerned if there is one. */
export class RingError extends Error {
  override readonly name = 'RingError';
  readonly code: RingErrorCode;
  readonly index: number | undefined;
  readonly value: number | bigint | undefined;

  constructor(code: RingErrorCode, message: string, context: RingErrorContext = {}) {
    super(message);
    this.code = code;
    this.index = context.index;
    this.value = context.value;
  }
}
