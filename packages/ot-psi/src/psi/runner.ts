import { TriadError } from '@triad/protocol';
import type { KeySet } from '../key/key-set.js';
import { kkrt16 } from '../kkrt16/kkrt16.js';
import type { OtLink } from '../ot/exchange.js';
import { rr22 } from '../rr22/rr22.js';
import { receiveAnswer, sendAnswer } from './answer.js';
import { agreeOnProtocol, smallRows } from './greeting.js';
import { exchangeHello } from './hello.js';
import type { PsiName, PsiProtocol, PsiReceiver, PsiSender } from './protocol.js';

export interface PsiRoles {
  /** One side is the receiver, the other one the sender. */
  readonly role: 'receiver' | 'sender';
  /**
   * Who learns the result; default the receiver alone. With `payload` the receiver also learns in which slot of a list of its own the sender has
   * each common key. The same at both sides.
   */
  readonly result?: 'receiver' | 'both' | 'payload';
  /** The same at both sides, or one side's choice; default: kkrt16 for two sets of up to 2^12 rows, rr22 for others and with `payload`. */
  readonly protocol?: PsiName;
  /** Rows of this side, for the default protocol. */
  readonly rows?: number;
}

/** Two owners after their base OTs, which serve many runs. */
export interface PsiRunner {
  /** One run at an op that both sides name, and that has no other use. */
  run(link: OtLink, set: KeySet): Promise<PsiOutcome>;
}

export interface PsiOutcome {
  /** Indices of common items in the set, ascending; undefined where this side learns nothing. */
  readonly common: Uint32Array | undefined;
  /** With `payload`: at the receiver the slot of each common item, at the sender the item of each slot. */
  readonly slots: Uint32Array | undefined;
  readonly peerSize: number;
}

const protocols: Readonly<Record<PsiName, PsiProtocol>> = { rr22, kkrt16 };

/** Where the parts of a run happen. */
const parts = (link: OtLink) => ({
  hello: { ...link, op: link.op.at(0) },
  run: { ...link, op: link.op.at(1) },
  answer: { ...link, op: link.op.at(2) },
});

/** The base OTs take sub-addresses 0 to 2. */
const greetingAt = (link: OtLink): OtLink => ({ ...link, op: link.op.at(3) });

/** Greets the other side and runs the base OTs at this op. */
export const psiRunner = async (link: OtLink, roles: PsiRoles): Promise<PsiRunner> => {
  const { role, result = 'receiver', rows } = roles;
  const payload = result === 'payload';
  const small = rows !== undefined && rows <= smallRows;
  const name = await agreeOnProtocol(greetingAt(link), {
    role,
    protocol: payload ? payloadProtocol(roles) : roles.protocol,
    small,
  });
  const protocol = protocols[name];
  const answer = result === 'both' ? protocol.answer : undefined;
  const meet = (at: OtLink, set: KeySet) =>
    exchangeHello(at, { role, mode: result, protocol: name, size: set.size });
  const run = role === 'receiver' ? await receiving(link, protocol) : await sending(link, protocol);
  return {
    run: async (at, set) => {
      const peerSize = await meet(parts(at).hello, set);
      const { common, slots } = await run({ link: at, set, peerSize, answer });
      return { peerSize, common, slots: payload ? slots : undefined };
    },
  };
};

/** The slots of cuckoo hashing would tell the receiver of the sender's other keys: where they took the place. */
const payloadProtocol = ({ protocol = 'rr22' }: PsiRoles): PsiName => {
  if (protocol === 'rr22') return protocol;
  throw new TriadError('bad-argument', `${protocol} has no list of one slot a key for a payload`, {
    remedy: "leave the protocol out, or choose 'rr22'",
  });
};

interface Run {
  readonly link: OtLink;
  readonly set: KeySet;
  readonly peerSize: number;
  /** How the sender is told the result; undefined if it is not. */
  readonly answer: PsiProtocol['answer'] | undefined;
}

type Side = (run: Run) => Promise<Pick<PsiOutcome, 'common' | 'slots'>>;

const receiving = async (base: OtLink, protocol: PsiProtocol): Promise<Side> => {
  const receiver: PsiReceiver = await protocol.receiver(base);
  return async ({ link, set, peerSize, answer }) => {
    const matches = await receiver.run(parts(link).run, set, peerSize);
    if (answer !== undefined) sendAnswer(parts(link).answer, answer, matches, { ...set, peerSize });
    return { common: matches.own, slots: matches.slots };
  };
};

const sending = async (base: OtLink, protocol: PsiProtocol): Promise<Side> => {
  const sender: PsiSender = await protocol.sender(base);
  return async ({ link, set, peerSize, answer }) => {
    const items = await sender.run(parts(link).run, set, peerSize);
    const common = await (answer && receiveAnswer(parts(link).answer, answer, items, set));
    return { common, slots: items };
  };
};
