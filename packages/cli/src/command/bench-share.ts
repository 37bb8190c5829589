import { Command } from 'commander';
import { shareOnce } from '../bench/share.js';

/** `triad bench-share FILE FOLDER`: one run of a benchmark; `triad bench` starts it. */
export const benchShareCommand = (): Command =>
  new Command('bench-share').arguments('<file> <folder>').action(async (file: string, folder: string) => {
    console.log(JSON.stringify(await shareOnce(file, folder)));
  });
