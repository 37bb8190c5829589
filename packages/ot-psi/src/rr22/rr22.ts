import type { OtLink } from '../ot/exchange.js';
import { baseForReceiver, baseForSender } from '../ot/index.js';
import { maskBytes, receiveMasks, sendMasks } from '../psi/mask.js';
import type { PsiProtocol } from '../psi/protocol.js';
import { receiveOprf } from './receiver.js';
import { sendOprf } from './sender.js';

/** The OPRF takes sub-addresses 0 to 3 of the run's op. */
const masksAt = (link: OtLink): OtLink => ({ ...link, op: link.op.at(4) });

/** PSI from the OPRF of `run.ts`: the sender sends F of its items in a random order, and the receiver looks for its own. */
export const rr22: PsiProtocol = {
  name: 'rr22',
  answer: 'slots',
  receiver: async (base) => {
    const seeds = await baseForReceiver(base);
    return {
      run: async (link, set, peerSize) => {
        const own = await receiveOprf(link, seeds, set);
        const bytes = maskBytes(set.size, peerSize);
        return receiveMasks(masksAt(link), own, peerSize, bytes).finally(() => own.dispose());
      },
    };
  },
  sender: async (base) => {
    const seeds = await baseForSender(base);
    return {
      run: async (link, set, peerSize) => {
        const own = await sendOprf(link, seeds, set, peerSize);
        const slots = sendMasks(masksAt(link), own, maskBytes(set.size, peerSize));
        own.dispose();
        return slots;
      },
    };
  },
};
