import { add, decode, type Linear, shiftRightArithmetic, Tensor } from '@triad/ring';
import { fractionBits, type Instruction } from '../lower/instruction.js';
import { misuse } from '../misuse.js';
import type { Node } from '../node/node.js';
import { OutOfRange } from '../out-of-range.js';
import { isKind, nameOf, type Program } from '../program.js';

/** Looks at the inputs of one instruction before it is computed. */
export type Check = (inputs: readonly unknown[], step: number) => void;

/** Bits of magnitude: of any word, and of what protocols truncate without error. */
const wordBits = 63;
const truncatedBits = 62;

type Product = Extract<Instruction, { op: 'product' }>;

/**
 * The check of every instruction that can leave its range: words of 64 bits wrap silently, truncation takes numbers
 * below 2^62 only, functions are right on the range they were promised. Checks compute each result once more, of inputs
 * cut to their leading digits, so that nothing wraps: right to some parts in a thousand. Functions' own steps
 * are not looked at: what wraps there is multiplied by zero.
 */
export const rangeChecks = (
  program: Program,
  instructions: readonly Instruction[],
): readonly (Check | undefined)[] => {
  const arguments_ = new Map<number, number>();
  for (const i of instructions)
    if (i.op === 'below' && !arguments_.has(i.node)) arguments_.set(i.node, i.input);
  return instructions.map((i, index) => {
    const node = program.nodes[i.node]!;
    const takesPromise = isKind(node, 'function') || isKind(node, 'divide');
    if (takesPromise && i.op === 'below') return promised(program, node);
    const isOwnStep = isKind(node, 'function') && index > arguments_.get(i.node)!;
    return isOwnStep ? undefined : checkOf(program, i);
  });
};

const checkOf = (program: Program, i: Instruction): Check | undefined => {
  const node = program.nodes[i.node]!;
  const within = (largest: number, most: number, step: number) => {
    if (largest < 2 ** most) return;
    const what = `reaches 2^${Math.log2(largest).toFixed(1)} units, where 2^${most} fit,`;
    throw new OutOfRange(
      nameOf(node),
      layerOf(program, node),
      step,
      what,
      'scale data, weights or the loss down',
    );
  };
  switch (i.op) {
    case 'product':
      return ([x, y], step) =>
        within(largestProduct(i, word(x), word(y)), i.bits > 0 ? truncatedBits : wordBits, step);
    case 'truncate':
      return ([x], step) => within(largest(word(x)), truncatedBits, step);
    case 'linear':
      return (xs, step) => within(largestImage(i.map, xs.map(word)), wordBits, step);
    case 'addPublic': {
      const added = Math.max(...i.value.data.map(Math.abs)) * 2 ** i.bits;
      return ([x], step) => within(largest(word(x)) + added, wordBits, step);
    }
    case 'below': {
      const threshold = Math.max(...i.thresholds.map((t) => Math.abs(Number(t))));
      return ([x], step) => within(largest(word(x)) + threshold, wordBits, step);
    }
    default:
      return undefined;
  }
};

/** A function's arguments, against what was promised. */
const promised = (program: Program, node: Node<'function'> | Node<'divide'>): Check => {
  const { low, high } = node.attributes;
  return ([x], step) => {
    const wrong = decode(word(x), fractionBits).find((v) => v < low || v > high);
    if (wrong === undefined) return;
    const what = `was promised numbers in [${low}, ${high}], but got ${wrong}`;
    throw new OutOfRange(
      nameOf(node),
      layerOf(program, node),
      step,
      what,
      'promise a wider range, or scale down',
    );
  };
};

/** The plaintext protocol's values are tensors. */
const word = (x: unknown): Tensor => {
  if (x instanceof Tensor) return x;
  throw misuse('ranges can be checked in the clear only', 'run the program on plain()');
};

/** The largest magnitude, in units. */
const largest = (x: Tensor): number => decode(x, 0).reduce((most, v) => Math.max(most, Math.abs(v)), 0);

const bitsOf = (x: number): number => (x === 0 ? 0 : Math.ceil(Math.log2(x)));

/** Digits that are kept of numbers that are mapped: results have room to be 2^42 times as large. */
const keptBits = 20;

/** The largest magnitude of map(xs). */
const largestImage = (map: Linear, xs: readonly Tensor[]): number => {
  const shift = Math.max(0, bitsOf(Math.max(...xs.map(largest))) - keptBits);
  const cut = xs.map((x) => shifted(x, shift));
  const image = map.apply(...cut);
  const most = largest(image) * 2 ** shift;
  for (const tensor of [...cut, image]) tensor.dispose();
  return most;
};

/** Bits that are kept of sums of products: the maps after them have room for 2^26 times as much. */
const keptOfSums = 36;

/** The largest magnitude of after(map(x, y)). */
const largestProduct = ({ map, after }: Product, x: Tensor, y: Tensor): number => {
  const sizes = [bitsOf(largest(x)), bitsOf(largest(y))] as const;
  const kept = Math.floor((keptOfSums - bitsOf(Math.min(x.size, y.size))) / 2);
  const shifts = sizes.map((bits) => Math.max(0, bits - kept)) as [number, number];
  const [a, b] = [shifted(x, shifts[0]), shifted(y, shifts[1])];
  let result = map.apply(a, b);
  for (const f of after) {
    const mapped = f.apply(result);
    result.dispose();
    result = mapped;
  }
  const most = largest(result) * 2 ** (shifts[0] + shifts[1]);
  for (const tensor of [a, b, result]) tensor.dispose();
  return most;
};

/** x / 2^bits, rounded. */
const shifted = (x: Tensor, bits: number): Tensor => {
  if (bits === 0) return x.reshape(x.shape);
  const half = Tensor.from([], [1n << BigInt(bits - 1)]);
  const rounded = add(x, half);
  half.dispose();
  return shiftRightArithmetic(rounded, bits, rounded);
};

/** What the nearest parameter before a node is called after: `fc_0` for `fc_0.w_0`. Adjoints belong to their product's layer. */
const layerOf = (program: Program, node: Node): string | undefined => {
  let front = [node.id];
  for (const seen = new Set<number>(); front.length > 0; ) {
    const nodes = front.map((id) => program.nodes[id]!);
    const parameter = nodes.find((n) => isKind(n, 'parameter'));
    if (parameter !== undefined) return nameOf(parameter).replace(/\.[^.]*$/, '');
    front = nodes
      .flatMap((n) => (isKind(n, 'adjoint') ? [n.attributes.of] : n.inputs))
      .filter((id) => !seen.has(id));
    for (const id of front) seen.add(id);
  }
  return undefined;
};
