import { type Call, calls } from './call.js';
import { checkRefused, type Property } from './check.js';
import { runCall } from './run-call.js';
import type { Subject } from './subject.js';

/** Calls that send something; what is local has nothing to lose. */
const interactive = <S>(subject: Subject<S>): Call<S>[] =>
  calls(subject, 2).filter((call) => call.cost.rounds > 0);

const longer = (bytes: Uint8Array): Uint8Array => Uint8Array.from([...bytes, 0]);
const shorter = (bytes: Uint8Array): Uint8Array => bytes.slice(0, -1);

const wrongLengths = async <S>(subject: Subject<S>, call: Call<S>): Promise<void> => {
  const messages = await runCall(subject, call);
  for (const [which, { from, to, bytes }] of messages.entries()) {
    for (const change of [shorter, longer]) {
      const alter = (message: { bytes: Uint8Array }, i: number) =>
        i === which ? change(message.bytes) : message.bytes;
      const what = `${call.name}: ${change(bytes).length} bytes for ${bytes.length} from party ${from} to ${to}`;
      await checkRefused(what, 'bad-message', () => runCall(subject, call, { alter }));
    }
  }
};

export const misuse = <S>(subject: Subject<S>): Property[] => [
  ...interactive(subject)
    .filter((call) => call.client === undefined)
    .map((call) => ({
      name: `${call.name} twice at one op is refused`,
      check: () =>
        checkRefused(`${call.name} twice`, 'address-reused', () => runCall(subject, call, { times: 2 })),
    })),
  ...interactive(subject).map((call) => ({
    name: `${call.name} refuses messages of a wrong length`,
    check: () => wrongLengths(subject, call),
  })),
];
