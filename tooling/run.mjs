// Starting programs of the workspace, the same way on Linux, macOS and Windows.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The root of the workspace, without a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** Nothing this project starts reports home or asks for an update. */
const env = {
  ...process.env,
  DO_NOT_TRACK: '1',
  NX_DAEMON: 'false',
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
};

/** Programs npm installed here, by the script their package names, so that no shell is needed. */
const programs = {
  attw: 'node_modules/@arethetypeswrong/cli/dist/index.js',
  biome: 'node_modules/@biomejs/biome/bin/biome',
  publint: 'node_modules/publint/src/cli.js',
  tsc: 'node_modules/typescript/bin/tsc',
  turbo: 'node_modules/turbo/bin/turbo',
  vitest: 'node_modules/vitest/vitest.mjs',
};

const command = (program, args) => {
  if (program === 'npm') return ['npm', args, process.platform === 'win32'];
  if (program === 'node') return [process.execPath, args, false];
  return [process.execPath, [`${root}/${programs[program]}`, ...args], false];
};

/**
 * Runs `node`, `npm` or one of the programs above; resolves to its exit code and, with `quiet`, to what it printed
 * instead of printing it.
 */
export const run = (program, args, { cwd = root, quiet = false } = {}) =>
  new Promise((resolve, reject) => {
    const [file, argv, shell] = command(program, args);
    const child = spawn(file, argv, {
      cwd,
      env,
      shell,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
