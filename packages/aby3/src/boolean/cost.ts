import type { Cost, Rank } from '@triad/protocol';
import { planeWords } from '@triad/ring';
import { previous } from '../share.js';
import { a2bPlanes, a2bRounds, addPlanes, addRounds } from './add.js';
import { dealtWords } from './b2a.js';
import { depth, prefixPlanes } from './prefix.js';

const each = (rounds: number, bytes: number): Cost => ({ rounds, bytes: [bytes, bytes, bytes] });
const only = (rank: Rank, bytes: number): Cost => ({
  rounds: 1,
  bytes: [0, 1, 2].map((r) => (r === rank ? bytes : 0)),
});

/** Bytes of so many planes of n elements: 64 lanes a word, so best where n is a multiple of 64. */
const planeBytes = (n: number, planes: number): number => 8 * planes * planeWords(n);

/** What party 0 deals and parties 1 and 2 exchange, in words. */
const dealing = (n: number, words: number): Cost => ({ rounds: 2, bytes: [8 * words * n, 8 * n, 8 * n] });

/** What each call costs, for n elements of `bits` bits. */
export const booleanCost = {
  share: (n: number, owner: Rank, bits = 64): Cost => only(owner, planeBytes(n, bits)),
  reveal: (n: number, to: Rank | 'all', bits = 64): Cost =>
    to === 'all' ? each(1, planeBytes(n, bits)) : only(previous(to), planeBytes(n, bits)),
  and: (n: number, bits = 64): Cost => each(1, planeBytes(n, bits)),
  or: (n: number, bits = 64): Cost => each(1, planeBytes(n, bits)),
  prefixOr: (n: number, bits = 64): Cost => each(depth(bits), planeBytes(n, prefixPlanes(bits))),
  add: (n: number, bits = 64): Cost => each(addRounds(bits), planeBytes(n, addPlanes(bits))),
  a2b: (n: number): Cost => each(a2bRounds, planeBytes(n, a2bPlanes)),
  b2a: (n: number, bits = 64): Cost => dealing(n, dealtWords(bits)),
  bitInjection: (n: number, bits = 1): Cost => dealing(n * bits, 1),
  multiply: (n: number): Cost => dealing(n, 2),
} as const;
