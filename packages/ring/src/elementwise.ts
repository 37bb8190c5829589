import { RingError } from './error.js';
import { kernels } from './kernel.js';
import { nest, walk } from './nest.js';
import { broadcastShapes, broadcastStrides, equalShapes } from './shape.js';
import { output, type Tensor } from './tensor.js';

/**
 * Element-wise maps modulo 2^64. Operands broadcast as in NumPy. With `into`, the result is written there (it must have
 * the result's shape, and may be an operand of that shape); else it is a new tensor.
 */
type Binary = (x: Tensor, y: Tensor, into?: Tensor) => Tensor;
type BinaryKernel = 'add' | 'sub' | 'and' | 'or' | 'xor' | 'mul' | 'mulAdd';

const binary =
  (name: BinaryKernel): Binary =>
  (x, y, into) => {
    const same = equalShapes(x.shape, y.shape);
    if (same || isWord(y, x)) return flat(name, x, y, output(x.shape, into));
    if (isWord(x, y)) return flat(name, x, y, output(y.shape, into));
    return broadcast(name, x, y, into);
  };

/** Whether x is one word that broadcasts to the shape of y. */
const isWord = (x: Tensor, y: Tensor): boolean => x.size === 1 && x.shape.length <= y.shape.length;

/** Operands as long as the result, or of one word. */
const flat = (name: BinaryKernel, x: Tensor, y: Tensor, out: Tensor): Tensor => {
  const { size } = out;
  kernels()[name](x.ptr, y.ptr, out.ptr, 1, size, 0, x.size === size ? 8 : 0, 0, y.size === size ? 8 : 0);
  return out;
};

const broadcast = (name: BinaryKernel, x: Tensor, y: Tensor, into: Tensor | undefined): Tensor => {
  const shape = broadcastShapes(x.shape, y.shape);
  const out = output(shape, into);
  const loops = nest(shape, broadcastStrides(x.shape, shape), broadcastStrides(y.shape, shape), 2);
  const run = kernels()[name];
  const [rows, cols] = loops.extents.slice(-2) as [number, number];
  const [xRow, xCol] = loops.a.slice(-2) as [number, number];
  const [yRow, yCol] = loops.b.slice(-2) as [number, number];
  const { ptr: xPtr } = x;
  const { ptr: yPtr } = y;
  const { ptr } = out;
  walk(loops, 2, (a, b, i) =>
    run(xPtr + a, yPtr + b, ptr + i * rows * cols * 8, rows, cols, xRow, xCol, yRow, yCol),
  );
  return out;
};

export const add = binary('add');
export const sub = binary('sub');
export const mul = binary('mul');
export const and = binary('and');
export const or = binary('or');
export const xor = binary('xor');

/** into += x y, where the product broadcasts to the shape of `into`. */
export const mulAdd = binary('mulAdd') as (x: Tensor, y: Tensor, into: Tensor) => Tensor;

type UnaryKernel = 'neg' | 'not';

const unary =
  (name: UnaryKernel) =>
  (x: Tensor, into?: Tensor): Tensor => {
    const out = output(x.shape, into);
    kernels()[name](x.ptr, out.ptr, x.size);
    return out;
  };

export const neg = unary('neg');
export const not = unary('not');

/** k x, for a public k taken modulo 2^64. */
export const scale = (x: Tensor, k: bigint, into?: Tensor): Tensor => {
  const out = output(x.shape, into);
  kernels().scale(x.ptr, out.ptr, x.size, k);
  return out;
};

type ShiftKernel = 'shiftLeft' | 'shiftRight' | 'shiftRightArithmetic';

const shift =
  (name: ShiftKernel) =>
  (x: Tensor, bits: number, into?: Tensor): Tensor => {
    if (!(Number.isInteger(bits) && bits >= 0 && bits < 64)) {
      throw new RingError('bad-argument', `a word is shifted by 0 to 63 bits; got ${bits}`);
    }
    const out = output(x.shape, into);
    kernels()[name](x.ptr, out.ptr, x.size, bits);
    return out;
  };

export const shiftLeft = shift('shiftLeft');
/** Fills with zeros. */
export const shiftRight = shift('shiftRight');
/** Fills with the sign: the floor of x / 2^bits. */
export const shiftRightArithmetic = shift('shiftRightArithmetic');
