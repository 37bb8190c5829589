import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { TriadError } from '@triad/protocol';
import type { Failure } from './failure.js';

const command = join(dirname(createRequire(import.meta.url).resolve('../package.json')), 'dist/main.js');

/** One `triad` command in a process of its own. */
export interface PartyProcess {
  readonly name: string;
  readonly child: ChildProcess;
  /** Resolves when it has succeeded; rejects with the error it told. */
  readonly finished: Promise<void>;
}

/** Starts `triad WORDS... --json`; what it emits is given to `onRecord`, object by object. */
export const startParty = (
  name: string,
  words: readonly string[],
  onRecord: (record: unknown) => void,
  cwd = process.cwd(),
): PartyProcess => {
  const child = spawn(process.execPath, [command, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  createInterface(child.stdout).on('line', (line) => {
    if (line.startsWith('{')) onRecord(JSON.parse(line));
  });
  const finished = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(failureOfProcess(name, said, signal ?? `exit code ${code}`));
    });
  });
  return { name, child, finished };
};

const failureOfProcess = (name: string, said: string, how: string): TriadError => {
  const told = parseFailure(said);
  if (told === undefined) {
    return new TriadError('closed', `party ${name} ended with ${how}: ${said.trim() || 'it said nothing'}`, {
      remedy: 'start all parties again',
    });
  }
  const { what, party, op, remedy } = told;
  return new TriadError('closed', `party ${name} failed: ${what}`, {
    ...(party !== undefined && { party }),
    ...(op !== undefined && { op }),
    ...(remedy !== undefined && { remedy }),
  });
};

/** What a process wrote with `reportFailure`. */
const parseFailure = (said: string): Failure | undefined => {
  const line = said.split('\n').find((each) => each.startsWith('{"error":'));
  return line === undefined ? undefined : (JSON.parse(line) as { readonly error: Failure }).error;
};

/** Waits for all of them. When one fails the others are ended, and its error is thrown. */
export const finishAll = async (parties: readonly PartyProcess[]): Promise<void> => {
  try {
    await Promise.all(parties.map(({ finished }) => finished));
  } catch (error) {
    for (const { child } of parties) child.kill();
    await Promise.allSettled(parties.map(({ finished }) => finished));
    throw error;
  }
};
