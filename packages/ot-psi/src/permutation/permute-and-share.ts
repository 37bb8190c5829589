/**
 * Permute and share: the sender holds words x, the receiver a permutation p; they come out with shares (exclusive or) of the words in
 * p's order. A permutation network whose switches are oblivious transfers (Mohassel and Sadeghian, "How to Hide Circuits in MPC",
 * EUROCRYPT 2013, section 3.2; Chase, Ghosh, Poburinnaya, "Secret-Shared Shuffle", ASIACRYPT 2020, section 4.1), with one word a switch
 * instead of two pairs of words:
 *
 *     sender, masks a                                    receiver, controls s of p
 *     random OTs (k, l)                                  k or l, by s, for every switch
 *     x + a, and for every switch on lanes i, j          words w = x + a; for every switch
 *     k + l + a_i + a_j;                                 r = its key + s (the message + w_i + w_j)
 *     then a_i += k, a_j += k                            w_i += r, w_j += r
 *
 * A switch adds s (x_i + x_j) to both lanes: r is the sum of that, masked by k, and the mask's own change.
 *
 * Adversary: semi-honest. The sender receives nothing but the OTs' messages, which hide s. The receiver sees x + a for uniform a, and a
 * message for every switch masked by the one of k and l that it lacks: uniform and independent, whatever x is. Both learn how many words there
 * are. The shares are a function of p, of the masks and of the OTs' keys alone: open them only to those who may know the permuted words.
 *
 * Two messages in a row: the OTs' and the sender's. Per switch the OT's bytes and 8; see `waksman` for how many there are.
 */
import { allocate, memory, Prg, randomBytes, release, Tensor, xor } from '@triad/ring';
import { kernels } from '../kernel.js';
import type { OtPairs } from '../ot/base-ot.js';
import type { OtLink } from '../ot/exchange.js';
import { type Layer, layerBatches, waksman } from './network.js';
import { route } from './routing.js';

/** Random OTs as their sender: `count` pairs of 16 bytes. Uses sub-addresses of the link's op only. */
export type SendOts = (link: OtLink, count: number) => Promise<OtPairs>;
/** As their receiver: the chosen 16 bytes for every choice, a byte 0 or 1. */
export type ReceiveOts = (link: OtLink, choices: Uint8Array) => Promise<Uint8Array>;

const wordBytes = 8;
const keyBytes = 16;
const seedBytes = 16;
/** Batches of OTs the receiver begins before it needs them: their keys wait for the sender's messages. */
const ahead = 3;

const batchLink = (link: OtLink, batch: number): OtLink => ({ ...link, op: link.op.at(1 + batch) });

const switchesOf = (batch: readonly Layer[]): number =>
  batch.reduce((sum, { switches }) => sum + switches, 0);

/** The sender's side, for words [n]. Returns its share [n] of the permuted words, which is new. */
export const sendPermuted = async (link: OtLink, ots: SendOts, words: Tensor): Promise<Tensor> => {
  const network = waksman(words.size);
  const masks = drawMasks(link, network.lanes);
  try {
    const masked = xor(words, masks);
    link.op.at(0).send(link.peer, masked.toBytes());
    masked.dispose();
    for (const [i, batch] of layerBatches(network).entries()) {
      const at = batchLink(link, i);
      const pairs = await ots(at, switchesOf(batch));
      at.op.send(link.peer, maskLayers(masks, batch, pairs));
      await link.session.channel.drain();
    }
  } catch (error) {
    masks.dispose();
    throw error;
  }
  return masks;
};

const drawMasks = ({ random = randomBytes }: OtLink, lanes: number): Tensor => {
  const masks = Tensor.empty([lanes]);
  new Prg(random(seedBytes)).fill(0, 0, 0, masks);
  return masks;
};

/** Takes the masks through a batch's switches; returns the message that lets the receiver do so with the words. */
const maskLayers = (masks: Tensor, batch: readonly Layer[], [zeros, ones]: OtPairs): Uint8Array => {
  const switches = switchesOf(batch);
  const bytes = switches * (2 * keyBytes + wordBytes);
  const zero = allocate(bytes);
  const one = zero + switches * keyBytes;
  const corrections = one + switches * keyBytes;
  memory.u8().set(zeros, zero);
  memory.u8().set(ones, one);
  let done = 0;
  for (const { level, last } of batch) {
    const keys = [zero + done * keyBytes, one + done * keyBytes] as const;
    done += kernels().maskLayer(masks.ptr, masks.size, level, last, ...keys, corrections + done * wordBytes);
  }
  const message = memory.u8().slice(corrections, corrections + switches * wordBytes);
  release(zero, bytes);
  return message;
};

/**
 * The receiver's side: word i of the result is the sender's word permutation[i]. Returns its share [n], which is new. Throws
 * `bad-argument` for what is no permutation, `bad-message` for messages of another length than n needs.
 */
export const receivePermuted = async (
  link: OtLink,
  ots: ReceiveOts,
  permutation: Uint32Array,
): Promise<Tensor> => {
  const network = waksman(permutation.length);
  const controls = route(network, permutation);
  const batches = layerBatches(network);
  const choices = batches.map((batch) => {
    const { start } = batch[0]!;
    return controls.subarray(start, start + switchesOf(batch));
  });
  const nextKeys = runAhead(choices.length, (i) => ots(batchLink(link, i), choices[i]!));
  const masked = await link.op.at(0).recv(link.peer, network.lanes * wordBytes);
  const words = Tensor.fromBytes([network.lanes], masked);
  try {
    for (const [i, batch] of batches.entries()) {
      const keys = await nextKeys();
      const corrections = await batchLink(link, i).op.recv(link.peer, choices[i]!.length * wordBytes);
      switchLayers(words, batch, { keys, choices: choices[i]!, corrections });
    }
  } catch (error) {
    words.dispose();
    throw error;
  }
  return words;
};

/** Results of `count` runs in their order, each begun while `ahead` earlier ones are still to be asked for. */
const runAhead = <T>(count: number, run: (i: number) => Promise<T>): (() => Promise<T>) => {
  const running: Promise<T>[] = [];
  let begun = 0;
  const begin = () => {
    while (begun < count && running.length <= ahead) {
      const result = run(begun++);
      // A failure is reported by whoever asks for the result, which may be after it happened.
      result.catch(() => {});
      running.push(result);
    }
  };
  begin();
  return () => {
    const first = running.shift()!;
    begin();
    return first;
  };
};

interface SwitchInput {
  readonly keys: Uint8Array;
  readonly choices: Uint8Array;
  readonly corrections: Uint8Array;
}

/** Takes masked words through a batch's switches. */
const switchLayers = (
  words: Tensor,
  batch: readonly Layer[],
  { keys, choices, corrections }: SwitchInput,
): void => {
  const switches = choices.length;
  const bytes = switches * (keyBytes + wordBytes + 1);
  const scratch = allocate(bytes);
  const correction = scratch + switches * keyBytes;
  const choice = correction + switches * wordBytes;
  memory.u8().set(keys, scratch);
  memory.u8().set(corrections, correction);
  memory.u8().set(choices, choice);
  let done = 0;
  for (const { level, last } of batch) {
    const inputs = [scratch + done * keyBytes, choice + done, correction + done * wordBytes] as const;
    done += kernels().switchLayer(words.ptr, words.size, level, last, ...inputs);
  }
  release(scratch, bytes);
};
