import type { Op, Session } from '@triad/protocol';
import { Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import { tensorScope } from '../scope.js';
import { keys, type Share } from '../share.js';
import { drawn } from '../stream.js';
import type { Block } from './block.js';
import { lanes, layout, planeWords } from './layout.js';

/**
 * The dealer's one message of a block, to party 1: xor shares of the monomials of its bits and of the masks, then additive shares of
 * the masked top bits. Party 2's shares are a stream.
 */
export const dealBlock = (session: Session, op: Op, x: Share, thresholds: number, block: Block): void => {
  using scope = tensorScope();
  const { a: key0, b: key1 } = keys(session);
  const { start, count, tiles, comparisons } = block;
  const at = layout(block, thresholds);
  const u = scope.own(drawn(op, key1, [at.masks / 8]));
  const w = scope.own(drawn(op, key0, [at.masks / 8]));
  const dealt = scope.own(drawn(op.at(0), key0, [at.dealt / 8]));
  const tile = scope.own(Tensor.empty([lanes / 2, planeWords]));
  const [a, b] = [x.a.ptr + 8 * start, x.b.ptr + 8 * start];
  const kernel = kernels();
  kernel.dealLeaves(a, b, dealt.ptr, tile.ptr, count);
  kernel.dealFirst(u.ptr, w.ptr, dealt.ptr + at.firstMonomials, comparisons);
  kernel.dealLast(u.ptr + at.first, w.ptr + at.first, dealt.ptr + at.lastMonomials, comparisons);
  const top = at.first + at.last;
  for (let k = 0; k < thresholds; k++) {
    const plane = top + k * tiles * planeWords * 8;
    kernel.dealTops(a, b, u.ptr + plane, w.ptr + plane, dealt.ptr + at.tops + 8 * k * count, count);
  }
  op.send(1, dealt.toBytes());
};
