import { type ErrorCode, TriadError } from '../error.js';

/** A named statement about a scheme; `check` rejects with what, where and the values if it does not hold. */
export interface Property {
  readonly name: string;
  check(): Promise<void>;
}

/** Throws unless the condition holds. The text is made only then. */
export const check = (holds: boolean, what: () => string): void => {
  if (!holds) throw new Error(what());
};

/** Words modulo 2^64 that must be equal. */
export const checkWords = (what: string, actual: readonly bigint[], expected: readonly bigint[]): void => {
  check(
    actual.length === expected.length,
    () => `${what}: ${actual.length} words, expected ${expected.length}`,
  );
  const wrong = actual.findIndex((word, i) => word !== expected[i]);
  check(wrong < 0, () => `${what}: word ${wrong} is ${actual[wrong]}, expected ${expected[wrong]}`);
};

/** Rejects unless the run fails with a TriadError of this code. */
export const checkRefused = async (
  what: string,
  code: ErrorCode,
  run: () => Promise<unknown>,
): Promise<void> => {
  const error = await run().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  check(error !== undefined, () => `${what} is accepted; expected '${code}'`);
  const actual = error instanceof TriadError ? `'${error.code}' (${error.message})` : String(error);
  check(
    error instanceof TriadError && error.code === code,
    () => `${what} fails with ${actual}; expected '${code}'`,
  );
};
