import type { Bilinear, Linear } from '@triad/ring';
import type { Mask } from '../mask.js';
import type { NdArray } from '../nd-array.js';
import type { Initializer, Recipient, Role } from '../node/node.js';
import type { Schedule } from '../schedule.js';
import type { BoundShape } from '../shape.js';

/** Bits of fixed-point fraction of every value that outlives an instruction. */
export const fractionBits = 16;

/** `extra` of integers, such as bits: they are at scale 0. */
export const integerExtra = -fractionBits;

/** Significant bits of a public factor applied to a value at scale f, and to a product, which is at scale 2f. */
export const factorBits = 16;
export const productFactorBits = 12;

/** The most one truncation can shift. */
export const maxTruncation = 62;

/** Numbers that name values are positions of instructions. */
export type Operation =
  /** A share handle from the feed. */
  | { readonly op: 'input'; readonly name: string }
  | { readonly op: 'parameter'; readonly name: string; readonly initializer: Initializer }
  /** Its owner shares what it feeds. */
  | { readonly op: 'share'; readonly name: string; readonly owner: Role }
  | { readonly op: 'linear'; readonly map: Linear; readonly inputs: readonly number[] }
  | { readonly op: 'constant'; readonly value: NdArray }
  /** Plus a public value, encoded with `bits` bits of fraction. */
  | { readonly op: 'addPublic'; readonly input: number; readonly value: NdArray; readonly bits: number }
  /** after(map(x, y)) / 2^bits. `elements` counts map(x, y). */
  | {
      readonly op: 'product';
      readonly map: Bilinear;
      readonly x: number;
      readonly y: number;
      readonly elements: number;
      readonly after: readonly Linear[];
      readonly bits: number;
    }
  | { readonly op: 'truncate'; readonly input: number; readonly bits: number }
  /** [x < t] for every threshold, as integers: [thresholds, ...shape of x], then `after`. `elements` counts x. */
  | {
      readonly op: 'below';
      readonly input: number;
      readonly elements: number;
      readonly thresholds: readonly bigint[];
      readonly after: readonly Linear[];
    }
  /** Times a public number of the step, at scale `bits`. */
  | { readonly op: 'scheduled'; readonly input: number; readonly schedule: Schedule; readonly bits: number }
  /** Zero where the step's public mask says so. */
  | { readonly op: 'mask'; readonly input: number; readonly mask: Mask }
  | { readonly op: 'reveal'; readonly input: number; readonly to: Recipient }
  | { readonly op: 'assign'; readonly input: number; readonly name: string };

/** One instruction: its position is its result's register and its ops' index. `node` is where it comes from. */
export type Instruction = Operation & { readonly shape: BoundShape; readonly node: number };

/** The registers an instruction reads. */
export const inputsOf = (i: Instruction): readonly number[] => {
  if (i.op === 'linear') return i.inputs;
  if (i.op === 'product') return [i.x, i.y];
  return 'input' in i ? [i.input] : [];
};

/** Does it talk to other parties? */
export const isInteractive = ({ op }: Instruction): boolean =>
  op === 'share' || op === 'product' || op === 'truncate' || op === 'below' || op === 'reveal';
