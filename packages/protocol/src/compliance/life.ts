import { memory } from '@triad/ring';
import { type Party, simulate } from '../simulate.js';
import { check, type Property } from './check.js';
import { meeting } from './meeting.js';
import { program } from './program.js';
import { value } from './sample.js';
import type { Subject } from './subject.js';

/** Runs a program twice in one session: what the second run takes is given back. */
const givesBack = async <S>({ scheme }: Subject<S>): Promise<void> => {
  const inputs = [value([4], 1), value([4], 2)];
  const live: number[] = [];
  const note = () => live.push(memory.liveBytes);
  const [before, after] = [meeting(scheme.parties, note), meeting(scheme.parties, note)];
  const body = async (party: Party<S>): Promise<void> => {
    await program(party, inputs, 0);
    await before();
    await program(party, inputs, 1);
    await after();
  };
  await simulate(scheme, body, { seed: 1 });
  const [then, now] = live as [number, number];
  check(then === now, () => `a run leaves ${now - then} bytes of tensors behind, all shares being disposed`);
};

/** What parties say of themselves is what the scheme says. */
const identity = async <S>({ scheme }: Subject<S>): Promise<void> => {
  const describe = (name: string, parties: number, claim: object) => JSON.stringify([name, parties, claim]);
  const expected = describe(scheme.name, scheme.parties, scheme.claim);
  await simulate(scheme, async ({ rank, protocol }) => {
    const said = describe(protocol.name, protocol.parties, protocol.claim);
    check(said === expected, () => `party ${rank} says it is ${said}; the scheme says ${expected}`);
    check(protocol.rank === rank, () => `party ${rank} says it is party ${protocol.rank}`);
  });
};

export const life = <S>(subject: Subject<S>): Property[] => [
  { name: 'parties are what the scheme says', check: () => identity(subject) },
  { name: 'memory is given back', check: () => givesBack(subject) },
];
