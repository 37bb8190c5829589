import { randomBytes } from '@triad/ring';
import type { OtLink } from '../ot/exchange.js';
import { baseForReceiver, baseForSender, receiveRandomOt, sendRandomOt } from '../ot/index.js';
import type { PsiProtocol } from '../psi/protocol.js';
import { Columns } from './column.js';
import { receiveMatches } from './receiver.js';
import { rowBytes, width } from './run.js';
import { sendMatches } from './sender.js';

/** 128 base OTs become the 512 random ones in which the PSI's sender chooses. */
const parts = (base: OtLink) => ({
  base: { ...base, op: base.op.at(0) },
  extension: { ...base, op: base.op.at(1) },
});

/**
 * PSI from the OPRF of `run.ts`. A slot would tell by which function the receiver placed an item, which depends on its others: it answers by
 * digests.
 */
export const kkrt16: PsiProtocol = {
  name: 'kkrt16',
  answer: 'digests',
  receiver: async (link) => {
    const { base, extension } = parts(link);
    const [zero, one] = await sendRandomOt(extension, await baseForSender(base), width);
    const columns = [new Columns(zero), new Columns(one)] as const;
    return { run: (at, set, peerSize) => receiveMatches(at, columns, set, peerSize) };
  },
  sender: async (link) => {
    const { base, extension } = parts(link);
    const secret = (link.random ?? randomBytes)(rowBytes);
    const choices = Uint8Array.from({ length: width }, (_, j) => (secret[j >> 3]! >> (j & 7)) & 1);
    const keys = await receiveRandomOt(extension, await baseForReceiver(base), choices);
    const columns = { secret, columns: new Columns(keys) };
    return { run: (at, set, peerSize) => sendMatches(at, columns, set, peerSize) };
  },
};
