import { RingError } from './error.js';

/**
 * The WebAssembly memory all kernels of a process work on, and its allocator: power-of-two size classes with quarter
 * steps, one free list each, so that a program with recurring shapes stops growing. Blocks are 16-byte aligned and
 * hold whole multiples of 16 bytes. Addresses below `base` are never handed out: 0 is no block's address.
 */
const pageBytes = 65536;
const maxPages = 65536;
const growBytes = 2 ** 20;
const base = 64;

/** The part of a WebAssembly.Memory that is typed without the DOM's declarations. */
export interface SharedMemory {
  readonly buffer: ArrayBuffer;
}

const wasm = new WebAssembly.Memory({ initial: growBytes / pageBytes, maximum: maxPages });
const freeLists: number[][] = Array.from({ length: 4 * 29 }, () => []);
let view = new Uint8Array(wasm.buffer);
let top = base;
let capacity = growBytes;
let live = 0;

export const memory = {
  /** The WebAssembly.Memory itself. */
  wasm: wasm as SharedMemory,
  /** All of it. Growing detaches older views: call again after anything that allocates. */
  u8(): Uint8Array {
    if (view.byteLength === 0) view = new Uint8Array(wasm.buffer);
    return view;
  },
  /** Bytes of the blocks now handed out, rounded up to their size classes: what leak tests watch. */
  get liveBytes(): number {
    return live;
  },
} as const;

/** Four classes between consecutive powers of two; `last` is the block's size in units of 16 bytes, minus one. */
const classOf = (last: number): number => {
  if (last < 4) return last;
  const log = 31 - Math.clz32(last);
  return 4 * log + ((last >>> (log - 2)) & 3);
};

const classBytes = (last: number): number => {
  if (last < 4) return (last + 1) * 16;
  const shift = 29 - Math.clz32(last);
  return ((last >>> shift) + 1) * (16 << shift);
};

/** The address of a fresh block; its contents are arbitrary. Throws `memory` when 4 GiB are used up. */
export const allocate = (bytes: number): number => {
  const last = bytes > 0 ? Math.ceil(bytes / 16) - 1 : 0;
  const ptr = freeLists[classOf(last)]!.pop();
  const taken = classBytes(last);
  live += taken;
  return ptr ?? extend(taken);
};

/** Gives back a block got by `allocate(bytes)`. */
export const release = (ptr: number, bytes: number): void => {
  const last = bytes > 0 ? Math.ceil(bytes / 16) - 1 : 0;
  live -= classBytes(last);
  freeLists[classOf(last)]!.push(ptr);
};

const extend = (bytes: number): number => {
  if (top + bytes > capacity) grow(bytes);
  const ptr = top;
  top += bytes;
  return ptr;
};

const grow = (bytes: number): void => {
  const missing = top + bytes - capacity;
  const wanted = Math.max(missing, growBytes, capacity / 8);
  const pages = Math.min(Math.ceil(wanted / pageBytes), maxPages - capacity / pageBytes);
  if (pages * pageBytes < missing || !tryGrow(pages)) {
    live -= bytes;
    throw new RingError(
      'memory',
      `no room for ${bytes} bytes beside ${live} bytes in use; dispose tensors earlier`,
    );
  }
  capacity += pages * pageBytes;
  view = new Uint8Array(wasm.buffer);
};

const tryGrow = (pages: number): boolean => {
  try {
    wasm.grow(pages);
    return true;
  } catch {
    return false;
  }
};
