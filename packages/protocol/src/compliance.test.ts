import { describe, expect, it } from 'vitest';
import { protocolSuite } from './compliance.js';
import * as broken from './fixture/broken.js';
import * as plainly from './fixture/broken-plain.js';
import { cost, replicated } from './fixture/replicated.js';
import { plain } from './plain.js';
import type { CostModel, Scheme } from './protocol.js';

/** The fixture truncates wrongly with probability |x| / 2^63. */
const options = { truncation: { magnitudeBits: 20 } };

describe('plain', () => protocolSuite(plain(3), { describe, it }, { truncation: { maxError: 0.5 } }));
describe('plain, one party', () => protocolSuite(plain(), { describe, it }));
describe('replicated', () => protocolSuite(replicated(), { describe, it }, options));

/** What a scheme fails: messages by the suite's groups. */
const failures = async <S>(scheme: Scheme<S>): Promise<Record<string, string[]>> => {
  const properties: { readonly group: string; readonly run: () => Promise<void> }[] = [];
  let group = '';
  const runner = {
    describe: (name: string, body: () => void) => {
      group = name;
      body();
    },
    it: (_: string, run: () => Promise<void>) => properties.push({ group, run }),
  };
  protocolSuite(scheme, runner, options);
  const failed: Record<string, string[]> = {};
  for (const each of properties) {
    await each.run().catch((error: Error) => {
      failed[each.group] = [...(failed[each.group] ?? []), error.message];
    });
  }
  return failed;
};

const declaring = (change: Partial<CostModel>) => ({ ...replicated(), cost: { ...cost, ...change } });
const { bilinear, reveal } = cost;

/** Schemes with one fault each, the groups that are to fail and what their messages are to say. */
const faults: [string, () => Promise<Record<string, string[]>>, Record<string, RegExp>][] = [
  [
    'truncation rounding down',
    () => failures(plainly.roundsDown),
    { truncation: /mean error -0\.[45]/, 'truncated products': /mean error -0\.[45]/ },
  ],
  [
    'truncation rounding to zero',
    () => failures(plainly.roundsToZero),
    { truncation: /positive: mean error -0\.[45]|negative: mean error 0\.[45]/ },
  ],
  [
    'truncation off by two',
    () => failures(plainly.offByTwo),
    { truncation: /off by .*, claimed at most 1$/, 'truncated products': /off by .*, claimed at most 1$/ },
  ],
  [
    'comparisons that include the threshold',
    () => failures(plainly.comparesUpTo),
    { comparisons: /\[x < .*\]: word .* is 1, expected 0|is accepted; expected 'bad-argument'/ },
  ],
  [
    'comparisons that forget linear maps',
    () => failures(plainly.forgetsMaps),
    { comparisons: /5 times the sum of comparisons/ },
  ],
  [
    'bytes that are not declared',
    () => failures(declaring({ bilinear: (n) => ({ ...bilinear(n), bytes: [8 * n, 8 * n, 0] }) })),
    { costs: /product of .* bytes; declared/ },
  ],
  [
    'rounds that are not declared',
    () => failures(declaring({ reveal: (n, to) => ({ ...reveal(n, to), rounds: 2 }) })),
    { costs: /reveal of .* takes 1 rounds .* declared are 2/ },
  ],
  [
    'products without a sharing of zero',
    () => failures(replicated(broken.Unmasked)),
    { secrecy: /the xor of/ },
  ],
  // The fixture's truncation rounds by the random numbers of a sharing: fewer of them are a bias, too.
  [
    'a mask whose receiver knows it',
    () => failures(replicated(broken.MissingStream)),
    { secrecy: /the xor of/, truncation: /mean error/ },
  ],
  [
    'one mask for all elements',
    () => failures(replicated(broken.OneWord)),
    { secrecy: /the xor of/, truncation: /mean error/ },
  ],
  [
    'one mask for all ops',
    () => failures(replicated(broken.OneAddress)),
    { secrecy: /leans to the secret/, truncation: /mean error/ },
  ],
  ['half a mask', () => failures(replicated(broken.HalfMask)), { secrecy: /leans to the secret/ }],
  [
    'a value revealed to too many',
    () => failures(replicated(broken.Public)),
    {
      'share and reveal': /gets a value revealed to party/,
      costs: /reveal of/,
      secrecy: /the xor of/,
    },
  ],
  [
    'a message that depends on values',
    () => failures(plainly.talkative),
    { transcripts: /depends on secrets/ },
  ],
  ['randomness from elsewhere', () => failures(plainly.unseeded), { transcripts: /two runs from one seed/ }],
  [
    'an op used twice',
    () => failures(replicated(broken.Careless)),
    { misuse: /accepted; expected 'address-reused'/ },
  ],
  [
    'unchecked lengths',
    () => failures(replicated(broken.Credulous)),
    { misuse: /accepted; expected 'bad-message'/ },
  ],
];

it.each(faults)('the suite notices %s', async (_, run, expected) => {
  const failed = await run();
  expect(Object.keys(failed).sort()).toEqual(Object.keys(expected).sort());
  for (const [group, messages] of Object.entries(failed)) {
    for (const each of messages) expect(each).toMatch(expected[group]!);
  }
});
