import { misuse } from '../misuse.js';

/** A public number as integer * 2^-shift. Both are as small as they can be; shift is never negative. */
export interface Factor {
  readonly integer: bigint;
  readonly shift: number;
}

/**
 * A whole number as it is, any other c > 0 as the nearest number with at most `bits` significant bits whose shift is
 * at most `maxShift`: relative error 2^-bits at most, unless maxShift forbids it.
 */
export const encodeFactor = (c: number, bits: number, maxShift: number): Factor => {
  if (c >= 2 ** 40) throw misuse(`the factor ${c} leaves no range`, 'scale by less than 2^40');
  if (Number.isInteger(c)) return { integer: BigInt(c), shift: 0 };
  let shift = Math.min(maxShift, bits - 1 - Math.floor(Math.log2(c)));
  let integer = Math.round(c * 2 ** shift);
  if (integer === 0)
    throw misuse(`the factor ${c} is too small for fixed point`, `scale by more than 2^-${maxShift}`);
  while (integer % 2 === 0 && shift > 0) {
    integer /= 2;
    shift--;
  }
  if (shift < 0) {
    integer *= 2 ** -shift;
    shift = 0;
  }
  return { integer: BigInt(integer), shift };
};
