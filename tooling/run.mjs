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
  biome: 'node_modules/@biomejs/biome/bin/biome',
  turbo: 'node_modules/turbo/bin/turbo',
  vitest: 'node_modules/vitest/vitest.mjs',
};

const command = (program, args) => {
  if (program === 'npm') return ['npm', args, process.platform === 'win32'];
  if (program === 'node') return [process.execPath, args, false];
  return [process.execPath, [`${root}/${programs[program]}`, ...args], false];
};

/**
 * Runs `node`, `npm` or one of the programs above from the root; resolves to its exit code. With `quiet`, what it says is
 * shown only when it fails.
 */
export const run = (program, args, { quiet = false } = {}) =>
  new Promise((resolve, reject) => {
    const [file, argv, shell] = command(program, args);
    const child = spawn(file, argv, { cwd: root, env, shell, stdio: ['inherit', ...outputs(quiet)] });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => said.push(bytes));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) process.stderr.write(Buffer.concat(said));
      resolve(code ?? 1);
    });
  });

const outputs = (quiet) => (quiet ? ['pipe', 'pipe'] : ['inherit', 'inherit']);
