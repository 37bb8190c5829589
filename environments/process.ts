import { spawn } from 'node:child_process';
import { root } from './workspace.js';

export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** Runs a program in a folder and collects what it prints. `npm` needs a shell on Windows, where it is a script. */
export const start = (program: string, args: readonly string[], cwd: string): Promise<Finished> =>
  new Promise((resolve, reject) => {
    const shell = program === 'npm' && process.platform === 'win32';
    const child = spawn(program, args, { cwd, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (text: string) => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });

/** Characters of a failure worth showing: minified bundles print all of themselves before it. */
const tail = 4000;

/** Runs a program that has to succeed; its output is the error otherwise. */
export const succeed = async (program: string, args: readonly string[], cwd: string): Promise<string> => {
  const { code, output } = await start(program, args, cwd);
  if (code !== 0)
    throw new Error(`${program} ${args.join(' ')} exited with ${code}:\n${output.slice(-tail)}`);
  return output;
};

/** Runs a file with Node. */
export const node = (file: string, cwd: string, ...args: readonly string[]): Promise<string> =>
  succeed(process.execPath, [file, ...args], cwd);

/** Runs a tool of this repository (a script in its node_modules) with Node. */
export const tool = (script: string, args: readonly string[], cwd: string): Promise<string> =>
  node(`${root}node_modules/${script}`, cwd, ...args);
