import type { Op } from '@triad/protocol';
import type { Tensor } from '@triad/ring';

/** Elements in a block: its messages travel while the next is computed, and the calls they take cost next to nothing. */
const target = 1 << 17;
const maxBlocks = 60;

/** A run of elements that has messages and streams of its own. */
export interface Block {
  readonly op: Op;
  /** First element. */
  readonly start: number;
  readonly end: number;
}

/** Elements cut into blocks of even length, since kernels take pairs, all alike but the last; a single one keeps the op. */
export const blocks = (op: Op, elements: number): Block[] => {
  if (elements <= target) return [{ op, start: 0, end: elements }];
  const length = Math.max(target, 2 * Math.ceil(elements / maxBlocks / 2));
  return Array.from({ length: Math.ceil(elements / length) }, (_, i) => ({
    op: op.at(i),
    start: i * length,
    end: Math.min((i + 1) * length, elements),
  }));
};

/** A view of a block's elements: [end - start]. */
export const elementsOf = (x: Tensor, { start, end }: Block): Tensor => {
  const flat = x.reshape([x.size]);
  const view = flat.rows(start, end);
  flat.dispose();
  return view;
};
