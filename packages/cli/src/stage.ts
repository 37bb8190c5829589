import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import type { Emitted, Stage } from './demo.js';
import { type PartyProcess, startParty } from './party-process.js';
import { showLine } from './progress.js';

export interface StageOptions {
  /** Commands and their progress are not shown. */
  readonly silent: boolean;
}

/** Plays a demonstration in a folder of its own; afterwards its processes have ended and the folder is gone. */
export const onStage = async <T>(
  { silent }: StageOptions,
  play: (stage: Stage) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'triad-demo-'));
  const open: PartyProcess[] = [];
  const show = (words: readonly string[]) => {
    if (!silent) console.log(pc.dim(`$ triad ${words.map(quoted).join(' ')}`));
  };
  try {
    return await play({
      folder,
      run: async (...words) => {
        show(words);
        const emitted: Emitted[] = [];
        const onRecord = (record: Emitted) => {
          emitted.push(record);
          if (!silent) showRuns(record);
        };
        await start(words, folder, onRecord).finished;
        return emitted;
      },
      start: async (...words) => {
        show(words);
        return new Promise((resolve, reject) => {
          const started = start(words, folder, resolve);
          open.push(started);
          started.finished.catch(reject);
        });
      },
    });
  } finally {
    for (const { child } of open) child.kill();
    await Promise.allSettled(open.map(({ finished }) => finished));
    await rm(folder, { recursive: true, force: true });
  }
};

const start = (words: readonly string[], folder: string, onRecord: (record: Emitted) => void): PartyProcess =>
  startParty(
    words.slice(0, 2).join(' '),
    [...words, '--json'],
    (record) => onRecord(record as Emitted),
    folder,
  );

/** A job's progress, where a command tells it. */
const showRuns = ({ phase, unit, units }: Emitted): void => {
  if (typeof phase !== 'string') return;
  const over = phase !== 'waiting' && phase !== 'running';
  if (over || process.stdout.isTTY) showLine(process.stdout, `  ${phase}, ${unit} of ${units} runs`, over);
};

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`);
