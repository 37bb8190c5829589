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
  /** Who learns the result; default the receiver alone. The same at both sides. */
  readonly result?: 'receiver' | 'both';
  /** The same at both sides, or one side's choice; default: kkrt16 for two sets of up to 2^12 rows, rr22 for others. */
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
  const small = rows !== undefined && rows <= smallRows;
  const name = await agreeOnProtocol(greetingAt(link), { role, protocol: roles.protocol, small });
  const protocol = protocols[name];
  const answer = result === 'both' ? protocol.answer : undefined;
  const meet = (at: OtLink, set: KeySet) =>
    exchangeHello(at, { role, mode: result, protocol: name, size: set.size });
  const run = role === 'receiver' ? await receiving(link, protocol) : await sending(link, protocol);
  return {
    run: async (at, set) => {
      const peerSize = await meet(parts(at).hello, set);
      return { peerSize, common: await run({ link: at, set, peerSize, answer }) };
    },
  };
};

interface Run {
  readonly link: OtLink;
  readonly set: KeySet;
  readonly peerSize: number;
  /** How the sender is told the result; undefined if it is not. */
  readonly answer: PsiProtocol['answer'] | undefined;
}
type Side = (run: Run) => Promise<Uint32Array | undefined>;

const receiving = async (base: OtLink, protocol: PsiProtocol): Promise<Side> => {
  const receiver: PsiReceiver = await protocol.receiver(base);
  return async ({ link, set, peerSize, answer }) => {
    const matches = await receiver.run(parts(link).run, set, peerSize);
    if (answer !== undefined) sendAnswer(parts(link).answer, answer, matches, { ...set, peerSize });
    return matches.own;
  };
};

const sending = async (base: OtLink, protocol: PsiProtocol): Promise<Side> => {
  const sender: PsiSender = await protocol.sender(base);
  return async ({ link, set, peerSize, answer }) => {
    const items = await sender.run(parts(link).run, set, peerSize);
    return answer && receiveAnswer(parts(link).answer, answer, items, set);
  };
};
