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
  const first = views[0]!;
  const names = first.flatMap(([name, bytes]) => Array.from(bytes, (_, i) => `byte ${i} of ${name}`));
  const lanes = emptyLanes(8 * names.length, views.length);
  for (const [i, view] of views.entries()) {
    if (!alike(view, first))
      throw new Error(`a party sees ${outline(first)}, then ${outline(view)} of one call`);
    setBits(lanes, view, i);
  }
  return { lanes, name: (i) => `bit ${i % 8} of ${names[i >> 3]}` };
};

/** Lanes of zeros in one buffer: tens of thousands of small ones would keep the garbage collector busy. */
const emptyLanes = (count: number, samples: number): Lane[] => {
  const words = Math.ceil(samples / 32);
  const all = new Uint32Array(count * words);
  return Array.from({ length: count }, (_, i) => all.subarray(i * words, (i + 1) * words));
};

const alike = (a: readonly Entry[], b: readonly Entry[]): boolean =>
  a.length === b.length &&
  a.every(([name, bytes], i) => name === b[i]![0] && bytes.length === b[i]![1].length);

const outline = (view: readonly Entry[]): string =>
  view.map(([name, bytes]) => `${bytes.length} bytes of ${name}`).join(', ') || 'nothing';

/** Puts a view's bits into bit i of the lanes. */
const setBits = (lanes: readonly Lane[], view: readonly Entry[], i: number): void => {
  let at = 0;
  for (const [, bytes] of view) {
    for (const byte of bytes) {
      for (let bit = 0; bit < 8; bit++) lanes[at + bit]![i >> 5]! |= ((byte >> bit) & 1) << (i & 31);
      at += 8;
    }
  }
};

/** The lane whose bit i is `bit(i)`. */
export const lane = (count: number, bit: (i: number) => number): Lane => {
  const out = new Uint32Array(Math.ceil(count / 32));
  for (let i = 0; i < count; i++) out[i >> 5]! |= bit(i) << (i & 31);
  return out;
};
