/**
 * How the receiver tells the sender which items are common, where both learn the result. A slot that says nothing but its item is named by a
 * bit. Slots of cuckoo hashing would tell by which of its hashes the receiver placed an item, and that depends on its other items: there it names
 * the digest, which the sender has too.
 */
import { formatAddress, TriadError } from '@triad/protocol';
import { memory } from '@triad/ring';
import { digestBytes } from '../key/digest.js';
import type { KeySet } from '../key/key-set.js';
import type { OtLink } from '../ot/exchange.js';
import type { Matches } from './protocol.js';

export type Answer = 'slots' | 'digests';

/** The receiver's side. */
export const sendAnswer = (
  link: OtLink,
  answer: Answer,
  { own, slots }: Matches,
  set: KeySet & { readonly peerSize: number },
): void => {
  if (answer === 'digests') sendDigests(link, own, set);
  else link.op.send(link.peer, packBits(slots, set.peerSize));
};

const sendDigests = (link: OtLink, own: Uint32Array, set: KeySet): void => {
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, own.length, true);
  link.op.at(0).send(link.peer, count);
  const all = set.digests.bytes();
  const named = new Uint8Array(own.length * digestBytes);
  for (const [k, i] of own.entries()) {
    named.set(all.subarray(i * digestBytes, (i + 1) * digestBytes), k * digestBytes);
  }
  link.op.at(1).send(link.peer, named);
};

/** The sender's side: indices into its set, ascending. `items` says which is in which slot. */
export const receiveAnswer = async (
  link: OtLink,
  answer: Answer,
  items: Uint32Array,
  set: KeySet,
): Promise<Uint32Array> => {
  if (answer === 'slots') {
    return namedItems(items, await link.op.recv(link.peer, Math.ceil(items.length / 8)), set.size);
  }
  const head = await link.op.at(0).recv(link.peer, 4);
  const count = new DataView(head.buffer, head.byteOffset).getUint32(0, true);
  if (count > set.size) throw unknown(link);
  return indicesIn(set, await link.op.at(1).recv(link.peer, count * digestBytes), link);
};

const packBits = (places: Uint32Array, count: number): Uint8Array => {
  const bytes = new Uint8Array(Math.ceil(count / 8));
  for (const place of places) bytes[place >> 3]! |= 1 << (place & 7);
  return bytes;
};

/** The items in slots whose bit is set, ascending. */
const namedItems = (items: Uint32Array, bits: Uint8Array, size: number): Uint32Array => {
  const named = new Uint8Array(size);
  for (let slot = 0; slot < items.length; slot++) named[items[slot]!] = (bits[slot >> 3]! >> (slot & 7)) & 1;
  const out = new Uint32Array(size);
  let count = 0;
  for (let i = 0; i < size; i++) if (named[i] === 1) out[count++] = i;
  return out.slice(0, count);
};

/** Where ascending digests are in the set. */
const indicesIn = (set: KeySet, named: Uint8Array, link: OtLink): Uint32Array => {
  const all = memory.u8();
  const out = new Uint32Array(named.length / digestBytes);
  let i = 0;
  for (let k = 0; k < out.length; k++) {
    const at = () => set.digests.ptr + i * digestBytes;
    const same = () =>
      named.subarray(k * digestBytes, (k + 1) * digestBytes).every((b, j) => b === all[at() + j]);
    while (i < set.size && !same()) i++;
    if (i === set.size) throw unknown(link);
    out[k] = i++;
  }
  return out;
};

const unknown = ({ peer, op }: OtLink): TriadError =>
  new TriadError('bad-message', 'the receiver named an item that this side does not have', {
    party: peer,
    op: formatAddress(op.address),
    remedy: 'check that it runs the same version',
  });
