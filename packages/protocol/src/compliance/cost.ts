import type { Message } from '../local.js';
import type { Cost } from '../protocol.js';
import { type Call, calls } from './call.js';
import { check, type Property } from './check.js';
import { runCall } from './run-call.js';
import type { Subject } from './subject.js';

/** What the computing parties sent, and in how many dependent rounds everybody did. */
const measured = (sent: readonly Message[], parties: number): Cost => {
  const bytes = new Array<number>(parties).fill(0);
  for (const message of sent) if (message.from < parties) bytes[message.from]! += message.bytes.length;
  return { rounds: new Set(sent.map((message) => message.round)).size, bytes };
};

const format = ({ rounds, bytes }: Cost): string => `${rounds} rounds and ${bytes.join(', ')} bytes`;

const checkCost = async <S>(subject: Subject<S>, call: Call<S>): Promise<void> => {
  const cost = measured(await runCall(subject, call), subject.scheme.parties);
  const [took, declared] = [format(cost), format(call.cost)];
  check(took === declared, () => `${call.name} takes ${took}; declared are ${declared}`);
};

/** Each kind of call at several sizes. */
export const costs = <S>(subject: Subject<S>): Property[] => {
  const sizes = [1, 7, 60].map((n) => calls(subject, n));
  return sizes[0]!.map((first, i) => ({
    name: `${first.name.replace(' of 1 ', ' ').replace(/^1 /, '')} costs what is declared`,
    check: async () => {
      for (const each of sizes) await checkCost(subject, each[i]!);
    },
  }));
};
