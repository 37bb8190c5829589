/**
 * The intersection of any number of owners' keys (Kolesnikov, Matania, Pinkas, Rosulek, Trieu, "Practical Multi-Party Private Set Intersection from
 * Symmetric-Key Techniques", CCS 2017, section 5, with zero sharing by the keys of pairs).
 *
 *     owner i                                                   leader, items x
 *     s_i(y) = sum over other owners j of PRF(key ij, y)
 *     y -> s_i(y)                       <- OPPRF ->             u_i(x): s_i(x) where owner i has x, else random
 *                                                               x is common if all u_i(x) add up to 0
 *
 * Each key ij appears twice in the sum over all owners, so it is 0 where all have x; if one has not, the sum is uniform, since its
 * u_i is random, or another one's s_i holds a key that nobody cancels.
 *
 * Security: semi-honest, one owner corrupted. The leader learns the intersection of all and the sizes of the sets, and of no smaller
 * group's: what it sees of owner i is a pseudorandom function under keys it does not have, or random. With `result: 'all'` the others
 * learn the intersection, else nothing but the size of the leader's set. A leader who colludes with owner i can tell which of its items
 * other owners share with i.
 */
import { type Op, type Rank, type Session, TriadError } from '@triad/protocol';
import { Aes, Tensor, xor } from '@triad/ring';
import type { KeySet } from '../key/key-set.js';
import { padding } from '../key/key-set.js';
import { type Keys, keyCount } from '../key/keys.js';
import { keySetOf } from '../key/prepare.js';
import { hashBlocks } from '../okvs/okvs.js';
import { receiveOpprf, sendOpprf } from '../opprf/opprf.js';
import type { OtLink } from '../ot/exchange.js';
import { baseForReceiver, baseForSender } from '../ot/index.js';
import { receiveAnswer, sendAnswer } from '../psi/answer.js';
import { exchangeHello } from '../psi/hello.js';

export interface ManyPsiOptions {
  /** Who computes the intersection; default 0. */
  readonly leader?: Rank;
  /** Who learns it; default the leader alone. */
  readonly result?: 'leader' | 'all';
  /** Hides the number of distinct keys: the set is filled up to so many. */
  readonly padTo?: number;
  /** Source of randomness: the platform's CSPRNG unless a test wants a run repeated. */
  readonly random?: (bytes: number) => Uint8Array;
}

export interface ManyPsiResult {
  /** Own rows of the keys that all owners have, in an order that is the same at all of them; undefined where this owner learns nothing. */
  readonly rows: Uint32Array | undefined;
  readonly size: number;
  readonly distinct: number;
  readonly duplicates: number;
  /** Rows whose key an earlier row has, each followed by the first of those. */
  readonly repeats: Uint32Array;
}

/** The most owners: each takes a sub-address of the run's op. */
const maxOwners = 50;

/** Where the leader and owner `rank` talk. */
const parts = (op: Op, rank: Rank) => ({
  opprf: op.at(rank),
  base: op.at(maxOwners).at(rank),
  hello: op.at(maxOwners + 1).at(rank),
  answer: op.at(maxOwners + 2).at(rank),
  zeros: op.at(maxOwners + 3),
  hash: op.at(maxOwners + 4),
});

/** The intersection of the keys of all computing parties of a session. */
export const manyPsi = async (
  session: Session,
  op: Op,
  keys: Keys,
  options: ManyPsiOptions = {},
): Promise<ManyPsiResult> => {
  const { leader = 0, result = 'leader', padTo, random } = options;
  checkOwners(session, leader);
  const owner: Owner = { session, op, leader, tell: result === 'all', ...(random && { random }) };
  const set = keySetOf(
    { session, op: parts(op, leader).hash, peer: leader, ...(random && { random }) },
    keys,
    padTo,
  );
  try {
    const common = await (session.rank === leader ? lead(owner, set) : follow(owner, set));
    const duplicates = set.repeats.length / 2;
    return {
      rows: common?.map((i) => set.rows[i]!).filter((row) => row !== padding),
      size: keyCount(keys),
      distinct: keyCount(keys) - duplicates,
      duplicates,
      repeats: set.repeats,
    };
  } finally {
    set.dispose();
  }
};

interface Owner {
  readonly session: Session;
  readonly op: Op;
  readonly leader: Rank;
  readonly tell: boolean;
  readonly random?: (bytes: number) => Uint8Array;
}

const checkOwners = ({ parties }: Session, leader: Rank): void => {
  if (parties >= 2 && parties <= maxOwners && leader < parties) return;
  throw new TriadError('bad-argument', `${parties} owners and leader ${leader} do not make an intersection`, {
    remedy: `let 2 to ${maxOwners} owners join, and choose the leader among them`,
  });
};

/** A link of this owner with the leader, or of the leader with owner `rank`. */
const linkAt = ({ session, leader, random }: Owner, rank: Rank, op: Op): OtLink => ({
  session,
  op,
  peer: session.rank === leader ? rank : leader,
  ...(random && { random }),
});

const modeOf = ({ tell }: Owner) => (tell ? 'both' : 'receiver');

const lead = async (owner: Owner, set: KeySet): Promise<Uint32Array> => {
  const { session, op, leader } = owner;
  const others = Array.from({ length: session.parties }, (_, rank) => rank).filter((rank) => rank !== leader);
  const sum = Tensor.zeros([set.size, 2]);
  const ask = async (rank: Rank) => {
    const { base, hello, opprf } = parts(op, rank);
    const starting = baseForReceiver(linkAt(owner, rank, base));
    starting.catch(() => {});
    const size = await exchangeHello(linkAt(owner, rank, hello), {
      role: 'receiver',
      mode: modeOf(owner),
      protocol: 'rr22',
      size: set.size,
    });
    const said = await receiveOpprf(linkAt(owner, rank, opprf), await starting, set, size);
    xor(sum, said, sum);
    said.dispose();
  };
  await Promise.all(others.map(ask)).catch((error: unknown) => {
    sum.dispose();
    throw error;
  });
  const own = zerosOf(sum);
  sum.dispose();
  if (owner.tell) {
    const matches = { own, slots: own };
    for (const rank of others) {
      sendAnswer(linkAt(owner, rank, parts(op, rank).answer), 'digests', matches, { ...set, peerSize: 0 });
    }
  }
  return own;
};

const follow = async (owner: Owner, set: KeySet): Promise<Uint32Array | undefined> => {
  const { session, op } = owner;
  const { base, hello, opprf, answer, zeros } = parts(op, session.rank);
  const seeds = await baseForSender(linkAt(owner, session.rank, base));
  const size = await exchangeHello(linkAt(owner, session.rank, hello), {
    role: 'sender',
    mode: modeOf(owner),
    protocol: 'rr22',
    size: set.size,
  });
  const values = zeroShares(owner, zeros, set);
  await sendOpprf(linkAt(owner, session.rank, opprf), seeds, { set, values }, size).finally(() =>
    values.dispose(),
  );
  if (!owner.tell) return undefined;
  return receiveAnswer(linkAt(owner, session.rank, answer), 'digests', new Uint32Array(), set);
};

/** s_i of each item: [size, 2]. */
const zeroShares = ({ session, leader }: Owner, op: Op, set: KeySet): Tensor => {
  const shares = Tensor.zeros([set.size, 2]);
  const values = Tensor.empty([set.size, 2]);
  const key = Tensor.empty([2]);
  for (let rank = 0; rank < session.parties; rank++) {
    if (rank === session.rank || rank === leader) continue;
    op.draw(session.pair(rank), key);
    hashBlocks(new Aes(key.toBytes()), set.digests.ptr, values.ptr, set.size);
    xor(shares, values, shares);
  }
  values.dispose();
  key.dispose();
  return shares;
};

/** Rows of zeros of [n, 2] words. */
const zerosOf = (sum: Tensor): Uint32Array => {
  const words = new BigUint64Array(sum.toBytes().buffer);
  const out = new Uint32Array(words.length / 2);
  let count = 0;
  for (let i = 0; i < out.length; i++) if (words[2 * i] === 0n && words[2 * i + 1] === 0n) out[count++] = i;
  return out.slice(0, count);
};
