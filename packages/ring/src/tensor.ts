import { RingError } from './error.js';
import { allocate, memory, release } from './memory.js';
import { equalShapes, format, type Shape, size } from './shape.js';

/** A stretch of memory and how many tensors refer to it. */
interface Block {
  readonly ptr: number;
  readonly bytes: number;
  references: number;
}

/**
 * A row-major array of words of Z_2^64 in the shared memory. It holds a reference on its block until `dispose()`;
 * views hold references of their own. Whoever creates a tensor disposes it.
 */
export class Tensor {
  readonly shape: Shape;
  readonly size: number;
  readonly #ptr: number;
  #block: Block | undefined;

  private constructor(shape: Shape, words: number, block: Block, ptr: number) {
    this.shape = shape;
    this.size = words;
    this.#block = block;
    this.#ptr = ptr;
  }

  /** Contents are arbitrary. */
  static empty(shape: Shape): Tensor {
    const words = size(shape);
    const bytes = words * 8;
    const ptr = allocate(bytes);
    return new Tensor(shape, words, { ptr, bytes, references: 1 }, ptr);
  }

  static zeros(shape: Shape): Tensor {
    const out = Tensor.empty(shape);
    memory.u8().fill(0, out.#ptr, out.#ptr + out.size * 8);
    return out;
  }

  /** From whole numbers, taken modulo 2^64. Numbers must be safe integers. */
  static from(shape: Shape, values: ArrayLike<bigint> | ArrayLike<number>): Tensor {
    checkLength(shape, values.length, 'values');
    const words = new BigInt64Array(values.length);
    for (let i = 0; i < words.length; i++) words[i] = wholeNumber(values[i]!, i);
    return Tensor.fromBytes(shape, new Uint8Array(words.buffer));
  }

  /** From 8 little-endian bytes an element. */
  static fromBytes(shape: Shape, bytes: Uint8Array): Tensor {
    checkLength(shape, bytes.length / 8, 'words');
    const out = Tensor.empty(shape);
    memory.u8().set(bytes, out.#ptr);
    return out;
  }

  /** Address of the first word. Throws `disposed`. */
  get ptr(): number {
    if (this.#block === undefined) throw disposed(this.shape);
    return this.#ptr;
  }

  /** A live view: valid until anything allocates. */
  bytes(): Uint8Array {
    const { ptr } = this;
    return memory.u8().subarray(ptr, ptr + this.size * 8);
  }

  /** A copy, 8 little-endian bytes an element. */
  toBytes(): Uint8Array {
    return copy(this.bytes());
  }

  /** Representatives in [-2^63, 2^63). */
  toBigInts(): bigint[] {
    return Array.from(new BigInt64Array(this.toBytes().buffer));
  }

  /** A view with another shape of the same size. */
  reshape(shape: Shape): Tensor {
    if (size(shape) !== this.size) {
      throw new RingError('shape', `cannot view ${format(this.shape)} as ${format(shape)}`);
    }
    return this.#view(shape, this.size, this.ptr);
  }

  /** A view of rows `start` to `end` (exclusive) along the first axis. */
  rows(start: number, end: number): Tensor {
    const [rows, ...rest] = this.shape;
    if (rows === undefined || !(Number.isInteger(start) && Number.isInteger(end))) {
      throw new RingError('bad-argument', `${format(this.shape)} has no rows ${start} to ${end}`);
    }
    if (!(0 <= start && start <= end && end <= rows)) {
      throw new RingError('bad-argument', `rows ${start} to ${end} are not within ${format(this.shape)}`);
    }
    const row = rows === 0 ? 0 : this.size / rows;
    return this.#view([end - start, ...rest], (end - start) * row, this.ptr + start * row * 8);
  }

  #view(shape: Shape, words: number, ptr: number): Tensor {
    const block = this.#block;
    if (block === undefined) throw disposed(this.shape);
    block.references++;
    return new Tensor(shape, words, block, ptr);
  }

  /** Gives the reference back. Using this tensor afterwards, also disposing it again, throws `disposed`. */
  dispose(): void {
    const block = this.#block;
    if (block === undefined) throw disposed(this.shape);
    this.#block = undefined;
    if (--block.references === 0) release(block.ptr, block.bytes);
  }
}

interface Platform {
  readonly Buffer?: { allocUnsafeSlow(bytes: number): Uint8Array };
}
const { Buffer } = globalThis as Platform;
/** Up to so many bytes zeros cost less than asking Node for memory without. */
const smallBytes = 4096;

const copy = (bytes: Uint8Array): Uint8Array => {
  if (bytes.length <= smallBytes || Buffer === undefined) return bytes.slice();
  const out = new Uint8Array(Buffer.allocUnsafeSlow(bytes.length).buffer);
  out.set(bytes);
  return out;
};

const disposed = (shape: Shape): RingError =>
  new RingError('disposed', `a tensor of shape ${format(shape)} is used after dispose()`);

const checkLength = (shape: Shape, length: number, what: string): void => {
  if (length !== size(shape)) {
    throw new RingError('shape', `${format(shape)} takes ${size(shape)} ${what}; got ${length}`);
  }
};

const wholeNumber = (value: bigint | number, index: number): bigint => {
  if (typeof value === 'bigint') return value;
  if (Number.isSafeInteger(value)) return BigInt(value);
  throw new RingError('range', `element ${index} is ${value}, not a safe integer`, { index, value });
};

/** The tensor an op writes: `into` when it has the right shape, else a new one. */
export const output = (shape: Shape, into: Tensor | undefined): Tensor => {
  if (into === undefined) return Tensor.empty(shape);
  if (!equalShapes(into.shape, shape)) {
    throw new RingError('shape', `the result has shape ${format(shape)}, \`into\` has ${format(into.shape)}`);
  }
  return into;
};
