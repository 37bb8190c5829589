import { RingError } from './error.js';

/**
 * The WebAssembly memory all kernels of a process work on, and its allocator: power-of-two size classes with quarter
 * steps, one free list each, so that a program with recurring shapes stops growing. Blocks are 16-byte aligned and
 * hold whole multiples of 16 bytes. Addresses below `base` are never handed out: 0 is no block's address.
 *
 * When memory cannot grow, free blocks that touch are joined and cut anew: what one program used serves another one with
 * other shapes.
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
/** Bytes of the blocks of each size class. */
const classBytes: readonly number[] = Array.from({ length: 4 * 29 }, (_, size) =>
  size < 4 ? (size + 1) * 16 : (5 + (size & 3)) * 2 ** ((size >> 2) + 2),
);
const freeLists: number[][] = classBytes.map(() => []);
/** Free space that was joined, by address; none of it touches another or a free block. */
let gaps: { ptr: number; bytes: number }[] = [];
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

/** The size class of a block, four between consecutive powers of two; the smallest are multiples of 16 bytes. */
const classOf = (bytes: number): number => {
  const last = bytes > 0 ? Math.ceil(bytes / 16) - 1 : 0;
  if (last < 4) return last;
  const log = 31 - Math.clz32(last);
  return 4 * log + ((last >>> (log - 2)) & 3);
};

/** The address of a fresh block; its contents are arbitrary. Throws `memory` when 4 GiB are used up. */
export const allocate = (bytes: number): number => {
  if (bytes > maxPages * pageBytes) throw noRoom(bytes);
  const size = classOf(bytes);
  const taken = classBytes[size]!;
  const ptr = freeLists[size]!.pop() ?? cut(taken) ?? extend(taken) ?? joined(taken);
  if (ptr === undefined) throw noRoom(taken);
  live += taken;
  return ptr;
};

/** Gives back a block got by `allocate(bytes)`. */
export const release = (ptr: number, bytes: number): void => {
  const size = classOf(bytes);
  live -= classBytes[size]!;
  freeLists[size]!.push(ptr);
};

const noRoom = (bytes: number): RingError =>
  new RingError('memory', `no room for ${bytes} bytes beside ${live} bytes in use; dispose tensors earlier`);

/** From a gap, the first that is large enough. */
const cut = (bytes: number): number | undefined => {
  const at = gaps.findIndex((gap) => gap.bytes >= bytes);
  if (at < 0) return undefined;
  const gap = gaps[at]!;
  const { ptr } = gap;
  gap.ptr += bytes;
  gap.bytes -= bytes;
  if (gap.bytes === 0) gaps.splice(at, 1);
  return ptr;
};

/** From above all blocks. */
const extend = (bytes: number): number | undefined => {
  if (top + bytes > capacity && !grow(bytes)) return undefined;
  const ptr = top;
  top += bytes;
  return ptr;
};

/** After all that is free has been joined. */
const joined = (bytes: number): number | undefined => {
  if (base + live + bytes > maxPages * pageBytes) return undefined;
  join();
  return cut(bytes) ?? extend(bytes);
};

const join = (): void => {
  const free = gaps;
  for (const [size, list] of freeLists.entries())
    for (const ptr of list.splice(0)) free.push({ ptr, bytes: classBytes[size]! });
  gaps = [];
  for (const gap of free.sort((a, b) => a.ptr - b.ptr)) {
    const below = gaps.at(-1);
    if (below !== undefined && below.ptr + below.bytes === gap.ptr) below.bytes += gap.bytes;
    else gaps.push(gap);
  }
  const highest = gaps.at(-1);
  if (highest === undefined || highest.ptr + highest.bytes !== top) return;
  top = highest.ptr;
  gaps.pop();
};

const grow = (bytes: number): boolean => {
  const missing = top + bytes - capacity;
  const wanted = Math.max(missing, growBytes, capacity / 8);
  const pages = Math.min(Math.ceil(wanted / pageBytes), maxPages - capacity / pageBytes);
  if (pages * pageBytes < missing || !tryGrow(pages)) return false;
  capacity += pages * pageBytes;
  view = new Uint8Array(wasm.buffer);
  return true;
};

const tryGrow = (pages: number): boolean => {
  try {
    wasm.grow(pages);
    return true;
  } catch {
    return false;
  }
};
