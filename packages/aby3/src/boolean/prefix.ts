import type { Op, Session } from '@triad/protocol';
import { kernels } from '../kernel.js';
import { andPlanes, type PlanePair, planeIndex } from './and.js';
import { type BooleanShare, disposeBits, width } from './share.js';

/**
 * Sklansky's prefix network (IRE Trans. EC-9, 1960): at level k the upper half of every block of 2^(k+1) positions takes in
 * the topmost position of the lower half, so that all prefixes are there after ceil(log2 n) levels.
 */
interface Level {
  /** Position i takes in position j: [i, j]. */
  readonly pairs: readonly PlanePair[];
  /** Those whose block does not begin at position 0, so that something is still to come. */
  readonly open: readonly PlanePair[];
}

const levels = (positions: number): Level[] =>
  Array.from({ length: depth(positions) }, (_, k) => {
    const upper = Array.from({ length: positions }, (_, i) => i).filter((i) => (i >> k) & 1);
    const pairs = upper.map((i): PlanePair => [i, ((i >> k) << k) - 1]);
    return { pairs, open: pairs.filter(([i]) => i >> (k + 1) > 0) };
  });

/** Levels of the network over so many positions. */
export const depth = (positions: number): number => Math.ceil(Math.log2(Math.max(positions, 1)));

/** ANDs of the networks below, in planes. */
export const carryPlanes = (positions: number): number =>
  levels(positions).reduce((sum, { pairs, open }) => sum + pairs.length + open.length, 0);
export const prefixPlanes = (positions: number): number =>
  levels(positions).reduce((sum, { pairs }) => sum + pairs.length, 0);

/**
 * Whether a carry leaves position i, for all positions, in place: the first half of the planes of `state` are the
 * generates and become the carries; the second half are the propagates and are used up. Level k is at op.at(k).
 */
export const carry = async (session: Session, op: Op, state: BooleanShare): Promise<void> => {
  const positions = width(state) / 2;
  for (const [k, { pairs, open }] of levels(positions).entries()) {
    const generate = pairs.map(([i, j]): PlanePair => [positions + i, j]);
    const propagate = open.map(([i, j]): PlanePair => [positions + i, positions + j]);
    const all = [...generate, ...propagate];
    const taken = await andPlanes(session, op.at(k), { x: state, y: state }, all);
    put(taken, state, [...pairs.map(([i]) => i), ...propagate.map(([i]) => i)], pairs.length);
  }
};

/** Every plane becomes the AND of itself and all above, in place: position i is plane n - 1 - i. Level k is at op.at(k). */
export const prefixAnd = async (session: Session, op: Op, state: BooleanShare): Promise<void> => {
  const top = width(state) - 1;
  for (const [k, { pairs }] of levels(top + 1).entries()) {
    const mirrored = pairs.map(([i, j]): PlanePair => [top - i, top - j]);
    const taken = await andPlanes(session, op.at(k), { x: state, y: state }, mirrored);
    const targets = mirrored.map(([i]) => i);
    put(taken, state, targets, 0);
  }
};

/** The planes go to these of `into`: the first `added` by xor, the others over what is there. Takes them over. */
const put = (planes: BooleanShare, into: BooleanShare, targets: readonly number[], added: number): void => {
  const index = planeIndex(targets.map((target) => [target, 0]));
  const { putPlanes } = kernels();
  const words = into.a.shape[1]!;
  for (const part of ['a', 'b'] as const) {
    putPlanes(planes[part].ptr, into[part].ptr, index.ptr, targets.length, added, words);
  }
  index.dispose();
  disposeBits(planes);
};
