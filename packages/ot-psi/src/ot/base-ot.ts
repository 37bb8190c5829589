/**
 * Base OT: `n` random oblivious transfers of 16-byte messages in a group of prime order, by the protocol of Chou and Orlandi
 * ("The Simplest Protocol for Oblivious Transfer", LATINCRYPT 2015, eprint 2015/267, figure 1).
 *
 *     sender                                      receiver, choice bits c_i
 *     a random, A = aB            -- A -->        b_i random, R_i = b_i B + c_i A
 *     m_i0 = H(i, R_i, a R_i)     <- R_i --       m_ic = H(i, R_i, b_i A)
 *     m_i1 = H(i, R_i, a (R_i - A))
 *
 * Adversary: semi-honest. The receiver's choices are hidden whatever the sender computes: R_i is uniform for either
 * bit. The sender's other message is hidden under computational Diffie-Hellman with SHA-256 as random oracle. Both
 * sides learn `n` and nothing else. Against a malicious peer this protocol is not proved to be an OT that composes
 * (eprint 2017/370), and nothing here claims so.
 *
 * The state machines are synchronous: a message in, a message out. Choices are taken by arithmetic on encodings. Scalars are fresh in every run.
 */
import { type ErrorContext, TriadError } from '@triad/protocol';
import { randomBytes } from '@triad/ring';
import type { OtGroup } from './group.js';
import { messageBytes, messageOracle } from './key.js';
import { ristretto255 } from './ristretto255.js';

/** What one run is bound to and drawn from. */
export interface OtRun {
  /** Both sides' name for this run: any bytes, never used for another one. */
  readonly session: Uint8Array;
  /** Source of scalars: the platform's CSPRNG unless a test wants a run repeated. */
  readonly random?: (bytes: number) => Uint8Array;
  /** Both sides' group; default ristretto255. */
  readonly group?: OtGroup;
  /** Who the peer is, for errors. */
  readonly peer?: Pick<ErrorContext, 'party' | 'op'>;
}

/** The sender's messages: `pairs[c]` holds all m_ic in a row, 16 bytes each. */
export type OtPairs = readonly [Uint8Array, Uint8Array];

/** The sender, having sent its first message. */
export interface OtSender {
  /** The message to the receiver: an element. */
  readonly setup: Uint8Array;
  /** Takes the receiver's reply, once. Throws `bad-message` before using any of a malformed one. */
  finish(reply: Uint8Array): OtPairs;
}

/** The receiver's reply and its messages m_ic, 16 bytes each. */
export interface OtChosen {
  /** The message to the sender: an element an OT. */
  readonly reply: Uint8Array;
  readonly messages: Uint8Array;
}

/** The receiver, waiting for the sender's message. */
export interface OtReceiver {
  /** Takes the sender's setup, once. Throws `bad-message` for what is no element of the group, or the identity. */
  respond(setup: Uint8Array): OtChosen;
}

/** A machine takes one message: a second one would run the same scalars against other elements. */
const once = <Input, Output>(step: (input: Input) => Output): ((input: Input) => Output) => {
  let taken = false;
  return (input) => {
    if (taken) {
      throw new TriadError('address-reused', 'a base OT takes one message', {
        remedy: 'start a run of its own',
      });
    }
    taken = true;
    return step(input);
  };
};

/** The sender of `count` OTs. */
export const otSender = (count: number, run: OtRun): OtSender => {
  const { session, random = randomBytes, peer = {}, group = ristretto255 } = run;
  if (!(Number.isSafeInteger(count) && count > 0)) {
    throw new TriadError('bad-argument', `a run has at least one OT; got ${count}`);
  }
  const sender = group.sender(random);
  const setup = sender.setup.slice();
  const derive = messageOracle(group.domain, session, setup);
  const finish = (message: Uint8Array): OtPairs => {
    const reply = message.slice();
    const agreed = sender.agree(reply, count, peer);
    const pairs = [new Uint8Array(count * messageBytes), new Uint8Array(count * messageBytes)] as const;
    for (let i = 0; i < count; i++) {
      const R = reply.subarray(i * group.pointBytes, (i + 1) * group.pointBytes);
      pairs[0].set(derive(i, R, agreed[0][i]!), i * messageBytes);
      pairs[1].set(derive(i, R, agreed[1][i]!), i * messageBytes);
    }
    return pairs;
  };
  return { setup: sender.setup, finish: once(finish) };
};

/** The receiver of one OT for every choice bit (a byte of 0 or 1). */
export const otReceiver = (choices: Uint8Array, run: OtRun): OtReceiver => {
  const { session, random = randomBytes, peer = {}, group = ristretto255 } = run;
  if (choices.length === 0 || choices.some((bit) => bit > 1)) {
    throw new TriadError('bad-argument', 'choice bits are bytes of 0 or 1, at least one of them');
  }
  const bits = choices.slice();
  const respond = (message: Uint8Array): OtChosen => {
    const setup = message.slice();
    const { sent, agreed } = group.receiver(setup, peer)(bits, random);
    const derive = messageOracle(group.domain, session, setup);
    const reply = new Uint8Array(bits.length * group.pointBytes);
    const messages = new Uint8Array(bits.length * messageBytes);
    for (const [i, R] of sent.entries()) {
      reply.set(R, i * group.pointBytes);
      messages.set(derive(i, R, agreed[i]!), i * messageBytes);
    }
    return { reply, messages };
  };
  return { respond: once(respond) };
};
