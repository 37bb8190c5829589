import { formatAddress, TriadError } from '@triad/protocol';
import type { OtLink } from '../ot/exchange.js';
import type { PsiName } from './protocol.js';

/** What both sides say first: all of it public. */
export interface Hello {
  readonly role: 'receiver' | 'sender';
  readonly mode: PsiMode;
  readonly protocol: PsiName;
  /** Items of this side's set. */
  readonly size: number;
}

/** Who learns what. */
export type PsiMode = 'receiver' | 'both' | 'cardinality' | 'payload';

const version = 1;
const roles = ['receiver', 'sender'] as const;
const modes = ['receiver', 'both', 'cardinality', 'payload'] as const;
const protocols = ['rr22', 'kkrt16'] as const;
const helloBytes = 8;

/** The largest set: more would not fit into the memory of WebAssembly. */
export const maxItems = 2 ** 24;

const encodeHello = ({ role, mode, protocol, size }: Hello): Uint8Array => {
  const bytes = new Uint8Array(helloBytes);
  bytes.set([version, roles.indexOf(role), modes.indexOf(mode), protocols.indexOf(protocol)]);
  new DataView(bytes.buffer).setUint32(4, size, true);
  return bytes;
};

/** Tells the peer, and checks that its hello fits. Throws `mismatch` naming both sides' values, `bad-message` or `limit`. */
export const exchangeHello = async (link: OtLink, hello: Hello): Promise<number> => {
  link.op.send(link.peer, encodeHello(hello));
  const bytes = await link.op.recv(link.peer, helloBytes);
  const [theirVersion, role, mode, protocol] = bytes as unknown as number[];
  const context = { party: link.peer, op: formatAddress(link.op.address) };
  const remedy = 'start both sides with the same options and version';
  const compare = (what: string, mine: string | number, theirs: string | number | undefined) => {
    if (theirs === undefined) throw new TriadError('bad-message', `the peer's ${what} is none`, context);
    if (mine === theirs) return;
    throw new TriadError('mismatch', `${what} differs: ${mine} here, ${theirs} at the peer`, {
      ...context,
      remedy,
    });
  };
  compare('the version', version, theirVersion);
  compare('the mode', hello.mode, modes[mode!]);
  compare('the protocol', hello.protocol, protocols[protocol!]);
  if (roles[role!] === undefined || roles[role!] === hello.role) {
    throw new TriadError('mismatch', `both sides are the ${hello.role}`, {
      ...context,
      remedy: 'start one as the receiver, the other one as the sender',
    });
  }
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  if (size > maxItems) {
    throw new TriadError('limit', `the peer has ${size} items; a run takes up to ${maxItems}`, {
      ...context,
      remedy: 'divide the sets into buckets by a hash of the key',
    });
  }
  return size;
};
