/** The rows of a work's input: those of its data sets, one below the other. */
import type { ShareSet } from '@triad/data';
import { concat, type Tensor, take } from '@triad/ring';
import type { Range, Window } from '../work/order.js';

export class Input {
  readonly #starts: readonly number[];

  constructor(private readonly sets: readonly ShareSet[]) {
    this.#starts = starts(sets);
  }

  /** This party's parts of a window's rows, in the window's order; the caller disposes them. */
  async read({ ranges, order }: Window): Promise<readonly Tensor[]> {
    const pieces: (readonly Tensor[])[] = [];
    try {
      for (const range of ranges)
        for (const { set, start, end } of this.#within(range)) pieces.push(await set.read(start, end));
      const parts: Tensor[] = [];
      try {
        for (const part of pieces[0]!.keys())
          parts.push(
            assemble(
              pieces.map((piece) => piece[part]!),
              order,
            ),
          );
        return parts;
      } catch (error) {
        for (const tensor of parts) tensor.dispose();
        throw error;
      }
    } finally {
      for (const tensor of pieces.flat()) tensor.dispose();
    }
  }

  /** Where a range of the input's rows lies. */
  *#within({ start, end }: Range) {
    for (const [i, set] of this.sets.entries()) {
      const offset = this.#starts[i]!;
      const [from, to] = [Math.max(start, offset), Math.min(end, offset + set.manifest.rows)];
      if (from < to) yield { set, start: from - offset, end: to - offset };
    }
  }
}

const starts = (sets: readonly ShareSet[]): number[] => {
  let rows = 0;
  return sets.map(({ manifest }) => {
    const start = rows;
    rows += manifest.rows;
    return start;
  });
};

const assemble = (pieces: readonly Tensor[], order: readonly number[] | undefined): Tensor => {
  const whole = pieces.length === 1 ? pieces[0]!.reshape(pieces[0]!.shape) : concat(pieces, 0);
  if (order === undefined) return whole;
  try {
    return take(whole, order);
  } finally {
    whole.dispose();
  }
};
