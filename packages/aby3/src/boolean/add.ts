import type { Op, Session } from '@triad/protocol';
import { and as andWords, toBitPlanes, xor } from '@triad/ring';
import { tensorScope } from '../scope.js';
import type { Share } from '../share.js';
import { andPlanes, type PlanePair, reshareBits } from './and.js';
import { carry, carryPlanes, depth } from './prefix.js';
import { type BooleanShare, checkAlike, joinPlanes, mapBits, planes, width } from './share.js';

/** x + y modulo 2^width. 1 + ceil(log2(width - 1)) rounds; the ANDs are `addPlanes`. */
export const add = async (
  session: Session,
  op: Op,
  x: BooleanShare,
  y: BooleanShare,
): Promise<BooleanShare> => {
  checkAlike(x, y);
  using scope = tensorScope();
  const sum = scope.own(mapBits((p, q) => xor(p!, q!), x, y));
  const positions = width(x) - 1;
  if (positions === 0) return scope.release(sum);
  const pairs = Array.from({ length: positions }, (_, j): PlanePair => [j, j]);
  const generate = scope.own(await andPlanes(session, op, { x, y }, pairs));
  const propagate = scope.own(planes(sum, 0, positions));
  const state = scope.own(joinPlanes(generate, propagate));
  await carry(session, op, state);
  const carries = scope.own(planes(state, 0, positions));
  const upper = scope.own(planes(sum, 1, positions + 1));
  addTo(upper, carries);
  return scope.release(sum);
};

const addTo = (x: BooleanShare, y: BooleanShare): void => {
  xor(x.a, y.a, x.a);
  xor(x.b, y.b, x.b);
};

/** What an addition takes. */
export const addRounds = (bits: number): number => (bits > 1 ? 1 + depth(bits - 1) : 0);
export const addPlanes = (bits: number): number => bits - 1 + carryPlanes(bits - 1);

/**
 * Arithmetic to Boolean (ABY3, section 5.3): the planes of its components are Boolean sharings of each component
 * alone, two of whose three parts are zero, so that the first layer of carry-save adders, three numbers to two, needs but
 * one AND at each party: the xor is local, and the majority x0 x1 ^ x1 x2 ^ x2 x0 is a sum of terms of one party each. Then
 * an adder. 8 rounds; `a2bPlanes` from each party.
 */
export const a2b = async (session: Session, op: Op, { a, b }: Share): Promise<BooleanShare> => {
  using scope = tensorScope();
  const { shape } = a;
  const sum: BooleanShare = scope.own({ shape, a: toBitPlanes(a), b: toBitPlanes(b) });
  const low = scope.own(planes(sum, 0, 63));
  const majority = scope.own(await reshareBits(session, op.at(0), { shape, a: andWords(low.a, low.b) }));
  const [bottom, rest] = [scope.own(planes(sum, 0, 1)), scope.own(planes(sum, 1, 64))];
  const upper = scope.own(await add(session, op.at(1), rest, majority));
  return joinPlanes(bottom, upper);
};

export const a2bRounds = 1 + addRounds(63);
export const a2bPlanes = 63 + addPlanes(63);
