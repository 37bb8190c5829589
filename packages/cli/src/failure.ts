import pc from 'picocolors';

/** An error as people and programs read it. */
export interface Failure {
  readonly code: string;
  readonly what: string;
  /** The party at fault, and the op during which it was noticed. */
  readonly party?: number;
  readonly op?: string;
  readonly remedy?: string;
}

/** Errors of these packages by name: a program may have loaded a copy of its own, whose classes differ from ours. */
const typed = new Set(['TriadError', 'RingError']);

interface Typed extends Error {
  readonly code: string;
  readonly party?: unknown;
  readonly op?: unknown;
  readonly remedy?: unknown;
}

const isTyped = (error: unknown): error is Typed => error instanceof Error && typed.has(error.name);

export const failureOf = (error: unknown): Failure => {
  if (!isTyped(error)) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { code: 'unexpected', what, remedy: 'see where with --debug' };
  }
  const { code, party, op, remedy, message } = error;
  const said = typeof remedy === 'string' ? withoutEnd(message, `; ${remedy}`) : message;
  return {
    code,
    what: typeof op === 'string' ? withoutEnd(said, ` at op ${op}`) : said,
    ...(typeof party === 'number' && { party }),
    ...(typeof op === 'string' && { op }),
    ...(typeof remedy === 'string' && { remedy }),
  };
};

const withoutEnd = (text: string, end: string): string =>
  text.endsWith(end) ? text.slice(0, -end.length) : text;

/** What, where, remedy: a line each. */
export const formatFailure = ({ what, party, op, remedy }: Failure): string => {
  const colors = pc.createColors(process.stderr.isTTY === true && pc.isColorSupported);
  const where = [party === undefined ? [] : `party ${party}`, op === undefined ? [] : op].flat().join(', ');
  return [
    `${colors.red('triad:')} ${what}`,
    ...(where === '' ? [] : [`  where:  ${where}`]),
    ...(remedy === undefined ? [] : [`  remedy: ${remedy}`]),
  ].join('\n');
};

/** Tells stderr what went wrong and sets the exit code. The stack is shown with --debug. */
export const reportFailure = (error: unknown, argv: readonly string[] = process.argv): void => {
  const failure = failureOf(error);
  console.error(argv.includes('--json') ? JSON.stringify({ error: failure }) : formatFailure(failure));
  if (argv.includes('--debug') && error instanceof Error) console.error(error.stack);
  process.exitCode = 1;
};
