import { local, openSession } from '@triad/protocol';
import { expect, test } from 'vitest';
import { agreeOnProtocol, type Greeting } from './greeting.js';

const meet = async (first: Greeting, second: Greeting, change = (byte: number) => byte) => {
  const { channels } = local(2, {
    tap: ({ bytes, to }) => (to === 0 && bytes.length === 1 ? bytes.map(change) : bytes),
  });
  const sessions = await Promise.all(channels.map((channel) => openSession(channel, { parties: 2 })));
  const each = sessions.map((session, r) =>
    agreeOnProtocol({ session, op: session.op('greeting'), peer: 1 - r }, r === 0 ? first : second),
  );
  return (await Promise.allSettled(each)).map((one) =>
    one.status === 'fulfilled' ? one.value : (one.reason as { readonly code: string }).code,
  );
};

const receiver = { role: 'receiver', protocol: undefined, small: true } as const;
const sender = { role: 'sender', protocol: undefined, small: true } as const;

test.each([
  [receiver, sender, 'kkrt16'],
  [{ ...receiver, small: false }, sender, 'rr22'],
  [receiver, { ...sender, small: false }, 'rr22'],
  [{ ...receiver, protocol: 'rr22' }, sender, 'rr22'],
  [{ ...receiver, small: false }, { ...sender, protocol: 'kkrt16' }, 'kkrt16'],
  [receiver, receiver, 'mismatch'],
  [sender, sender, 'mismatch'],
  [{ ...receiver, protocol: 'rr22' }, { ...sender, protocol: 'kkrt16' }, 'mismatch'],
] as const)('%j and %j: %s at both sides', async (first, second, outcome) => {
  expect(await meet(first, second)).toEqual([outcome, outcome]);
});

test('a greeting of no known form is refused', async () => {
  expect(await meet(receiver, sender, () => 8)).toEqual(['bad-message', 'kkrt16']);
});
