import type { Message } from '../local.js';
import { type ClientBody, type Party, simulate } from '../simulate.js';
import type { Call } from './call.js';
import { meeting } from './meeting.js';
import { type Subject, shareAll } from './subject.js';

export interface RunOptions {
  /** Changes message `index` of the call. */
  readonly alter?: (message: Message, index: number) => Uint8Array;
  /** How often the call is made at the same op; default 1. */
  readonly times?: number;
}

/** Makes a call once all parties have its inputs; returns the messages it sent. */
export const runCall = async <S>(
  { scheme }: Subject<S>,
  call: Call<S>,
  { alter = (message) => message.bytes, times = 1 }: RunOptions = {},
): Promise<Message[]> => {
  const sent: Message[] = [];
  let begun = false;
  const tap = (message: Message) => (begun ? alter(message, sent.push(message) - 1) : message.bytes);
  const clients = clientBodies(call, () => meet());
  const meet = meeting(scheme.parties + clients.length, () => {
    begun = true;
  });
  const body = async (party: Party<S>): Promise<void> => {
    const xs = await shareAll(party, call.inputs);
    await meet();
    for (let i = 0; i < times; i++) await call.run(party, party.session.op('call'), xs);
    for (const x of xs) party.protocol.dispose(x);
  };
  await simulate(scheme, body, { seed: 1, tap, clients });
  return sent;
};

const clientBodies = <S>({ client: run }: Call<S>, meet: () => Promise<void>): ClientBody[] => {
  if (run === undefined) return [];
  const body: ClientBody = async (client, session) => {
    await meet();
    await run(client, session.op('call'));
  };
  return [body];
};
