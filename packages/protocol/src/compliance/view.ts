import type { Op } from '../session.js';

/** Something seen: its name and bytes, whole words. */
export type Entry = readonly [name: string, bytes: Uint8Array];

/**
 * What one party sees of a few ops: what it receives, and the streams it draws, which it knows as well. Entries are
 * named by op and kind and padded to whole words.
 */
export class View {
  readonly #entries = new Map<string, Uint8Array>();

  /** `who` sees it. */
  constructor(readonly who: string) {}

  /** The same op, seen. */
  watch(name: string, op: Op): Op {
    const note = (what: string, bytes: Uint8Array): void => {
      const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
      padded.set(bytes);
      this.#entries.set(`${what} of ${name} at ${this.who}`, padded);
    };
    return {
      address: op.address,
      at: (k) => this.watch(`${name}.${k}`, op.at(k)),
      send: (to, bytes) => op.send(to, bytes),
      recv: async (from, byteLength) => {
        const bytes = await op.recv(from, byteLength);
        note(`message from ${from}`, bytes);
        return bytes;
      },
      draw: (prf, out) => {
        op.draw(prf, out);
        note(`stream of key ${prf.id}`, out.toBytes());
      },
    };
  }

  /** All entries in the order of their names. */
  entries(): Entry[] {
    return [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** One bit of something in many samples, 32 samples a word. */
export type Lane = Uint32Array;

/** The samples' words, cut into lanes: lane 64 k + b is bit b of word k. */
export interface Lanes {
  readonly lanes: readonly Lane[];
  /** What lane i is, for people. */
  name(i: number): string;
}

/** Lanes of one party's, or one coalition's, views. Throws if they differ in their entries. */
export const lanesOf = (views: readonly (readonly Entry[])[]): Lanes => {
  const outline = (view: (typeof views)[number]) =>
    view.map(([name, bytes]) => `${name}: ${bytes.length}`).join('; ');
  const expected = outline(views[0]!);
  const strange = views.find((view) => outline(view) !== expected);
  if (strange !== undefined)
    throw new Error(`a party sees ${expected}, then ${outline(strange)} of the same call`);
  const names = views[0]!.flatMap(([name, bytes]) => Array.from(bytes, (_, i) => `byte ${i} of ${name}`));
  const samples = views.map((view) => view.flatMap(([, bytes]) => Array.from(bytes)));
  const lanes = names.flatMap((_, byte) => byteLanes(samples, byte));
  return { lanes, name: (i) => `bit ${i % 8} of ${names[i >> 3]}` };
};

const byteLanes = (samples: readonly (readonly number[])[], byte: number): Lane[] =>
  Array.from({ length: 8 }, (_, bit) => lane(samples.length, (i) => (samples[i]![byte]! >> bit) & 1));

/** The lane whose bit i is `bit(i)`. */
export const lane = (count: number, bit: (i: number) => number): Lane => {
  const out = new Uint32Array(Math.ceil(count / 32));
  for (let i = 0; i < count; i++) out[i >> 5]! |= bit(i) << (i & 31);
  return out;
};
