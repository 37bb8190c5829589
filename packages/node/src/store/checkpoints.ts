import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileWhole } from '@triad/data';

/** This node's shares of a job's parameters at some units, in files of their own. */
export class Checkpoints {
  constructor(private readonly folder: string) {}

  /** The units before which there is one, in ascending order. The start needs none. */
  async units(): Promise<number[]> {
    const names = await readdir(this.folder).catch(() => []);
    const found = names.flatMap((name) => /^checkpoint-(\d{1,12})\.safetensors$/.exec(name)?.[1] ?? []);
    return found.map(Number).sort((a, b) => a - b);
  }

  read(unit: number): Promise<Uint8Array> {
    return readFile(this.#path(unit));
  }

  /** Whole or not at all. */
  write(unit: number, bytes: Uint8Array): Promise<void> {
    return writeFileWhole(this.#path(unit), bytes, 0o600);
  }

  /** Forgets those before a unit: all nodes have that one. */
  async keepFrom(unit: number): Promise<void> {
    for (const old of await this.units()) if (old < unit) await rm(this.#path(old), { force: true });
  }

  /** Forgets those after a unit: another attempt goes on from there. */
  async keepUpTo(unit: number): Promise<void> {
    for (const later of await this.units()) if (later > unit) await rm(this.#path(later), { force: true });
  }

  #path(unit: number): string {
    return join(this.folder, `checkpoint-${unit}.safetensors`);
  }
}
