/**
 * A programmable OPRF: the sender chooses what the function says of its own items, the receiver learns it of its items, each of them as random as
 * any other value where it is not the sender's (Kolesnikov, Matania, Pinkas, Rosulek, Trieu, "Practical Multi-Party Private Set
 * Intersection from Symmetric-Key Techniques", CCS 2017, section 4; with an OKVS Pinkas, Schneider, Tkachenko, Yanai, "Efficient
 * Circuit-Based PSI with Linear Communication", EUROCRYPT 2019, section 5):
 *
 *     receiver, items x                                   sender, items y with values v(y)
 *     F(x)                        <- OPRF ->              F
 *                                 <- D, an OKVS --        D = encode(y -> F(y) + v(y))
 *     decode(D, x) + F(x)
 *
 * Semi-honest: the sender learns how many items the receiver has, and nothing from D. The receiver learns how many the sender has. Where the
 * values are uniform and independent of all it knows, so is D: its equations' right sides are then, and what they leave free is drawn
 * uniformly. F(y) of a y that is not the receiver's masks v(y) under any values.
 */
import { Prg, randomBytes, Tensor, xor } from '@triad/ring';
import type { KeySet } from '../key/key-set.js';
import { Okvs } from '../okvs/okvs.js';
import { type OkvsShape, okvsShape } from '../okvs/shape.js';
import type { OtLink } from '../ot/exchange.js';
import type { ReceiverSeeds, SenderSeeds } from '../ot/index.js';
import { receiveOprf } from '../rr22/receiver.js';
import { blockBytes, clusterItems, clustersPerMessage, drawKeys } from '../rr22/run.js';
import { sendOprf } from '../rr22/sender.js';

const seedBytes = 16;

/** The OPRF takes sub-addresses 0 to 3. */
const storeLink = (link: OtLink): OtLink => ({ ...link, op: link.op.at(4) });

/** The sender's side: `values` [size, 2] in the set's order, for a receiver of `peerSize` items. */
export const sendOpprf = async (
  link: OtLink,
  seeds: SenderSeeds,
  { set, values }: { readonly set: KeySet; readonly values: Tensor },
  peerSize: number,
): Promise<void> => {
  const masks = await sendOprf(link, seeds, set, peerSize);
  xor(masks, values, masks);
  await sendStore(storeLink(link), set, masks).finally(() => masks.dispose());
};

/** How an OKVS of this shape is cut into messages. */
const messagesOf = (shape: OkvsShape) => {
  const clusters = clustersPerMessage(shape);
  const bytes = clusters * shape.clusterBlocks * blockBytes;
  return { clusters, bytes, count: 2 ** shape.clusterBits / clusters };
};

/** Encodes masked values over uniform blocks, and sends them clusters by clusters. */
const sendStore = async (link: OtLink, set: KeySet, masked: Tensor): Promise<void> => {
  const { random = randomBytes, op, peer, session } = link;
  const shape = okvsShape(set.size);
  const { clusters, bytes, count: messages } = messagesOf(shape);
  const free = new Prg(random(seedBytes));
  const okvs = new Okvs(shape, drawKeys(link).row);
  const blocks = Tensor.empty([bytes / 8]);
  try {
    for (let i = 0; i < messages; i++) {
      free.fill(i, 0, 0, blocks);
      for (const { digests, from, count, offset } of clusterItems(
        shape,
        set,
        i * clusters,
        (i + 1) * clusters,
      )) {
        okvs.encode(digests, count, masked.ptr + from * blockBytes, blocks.ptr + offset - i * bytes);
      }
      op.at(i).send(peer, blocks.toBytes());
      await session.channel.drain();
    }
  } finally {
    blocks.dispose();
    okvs.dispose();
  }
};

/** The receiver's side: what the function says of its items, [size, 2] in the set's order, for a sender of `peerSize` items. */
export const receiveOpprf = async (
  link: OtLink,
  seeds: ReceiverSeeds,
  set: KeySet,
  peerSize: number,
): Promise<Tensor> => {
  const masks = await receiveOprf(link, seeds, set);
  try {
    const values = await receiveStore(storeLink(link), set, peerSize);
    xor(masks, values, values);
    return values;
  } finally {
    masks.dispose();
  }
};

/** What the sender's store says of the set's items. */
const receiveStore = async (link: OtLink, set: KeySet, peerSize: number): Promise<Tensor> => {
  const shape = okvsShape(peerSize);
  const { clusters, bytes, count: messages } = messagesOf(shape);
  const okvs = new Okvs(shape, drawKeys(link).row);
  const out = Tensor.empty([set.size, 2]);
  try {
    for (let i = 0; i < messages; i++) {
      const blocks = Tensor.fromBytes([bytes / 8], await link.op.at(i).recv(link.peer, bytes));
      for (const { digests, from, count, offset } of clusterItems(
        shape,
        set,
        i * clusters,
        (i + 1) * clusters,
      )) {
        const at = blocks.ptr + offset - i * bytes;
        okvs.open(at);
        okvs.decode(digests, count, at, out.ptr + from * blockBytes);
      }
      blocks.dispose();
    }
    return out;
  } catch (error) {
    out.dispose();
    throw error;
  } finally {
    okvs.dispose();
  }
};
