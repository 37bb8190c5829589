import { formatAddress, TriadError } from '@triad/protocol';
import type { OtLink } from '../ot/exchange.js';
import type { PsiName } from './protocol.js';

/** What a side says before the base OTs. */
export interface Greeting {
  readonly role: 'receiver' | 'sender';
  /** The protocol it insists on. */
  readonly protocol: PsiName | undefined;
  /** Whether its rows are few. */
  readonly small: boolean;
}

/** Up to so many rows on either side KKRT16 is as fast as RR22, and sends less: the VOLE of RR22 has a fixed cost. */
export const smallRows = 2 ** 12;

const roles = ['receiver', 'sender'] as const;
const wishes = ['small', 'large', 'rr22', 'kkrt16'] as const;

/** The protocol both sides run. Throws `mismatch` where both have one role or insist on different protocols. */
export const agreeOnProtocol = async (link: OtLink, mine: Greeting): Promise<PsiName> => {
  const { op, peer } = link;
  const wish = mine.protocol ?? (mine.small ? 'small' : 'large');
  op.send(peer, Uint8Array.of(wishes.indexOf(wish) * 2 + roles.indexOf(mine.role)));
  const said = (await op.recv(peer, 1))[0]!;
  const theirs = wishes[said >> 1];
  const context = { party: peer, op: formatAddress(op.address) };
  if (theirs === undefined) {
    throw new TriadError('bad-message', `the other side greets with ${said}`, {
      ...context,
      remedy: 'start both sides with the same version',
    });
  }
  if (roles[said & 1] === mine.role) {
    throw new TriadError('mismatch', `both sides are the ${mine.role}`, {
      ...context,
      remedy: 'start one as the receiver, the other one as the sender',
    });
  }
  const insisted = [wish, theirs].filter((each) => each === 'rr22' || each === 'kkrt16');
  if (insisted.length === 2 && insisted[0] !== insisted[1]) {
    throw new TriadError('mismatch', `the protocol differs: ${wish} here, ${theirs} at the other side`, {
      ...context,
      remedy: 'name the same one at both sides, or none',
    });
  }
  return insisted[0] ?? (wish === 'small' && theirs === 'small' ? 'kkrt16' : 'rr22');
};
