import { aby3 } from '@triad/aby3';
import { type Network, openSession, type Session } from '@triad/protocol';
import { bilinear, decode, defaultFractionBits, encode, linear } from '@triad/ring';

export interface Survey {
  readonly mean: number;
  readonly deviation: number;
}

/** What a company knows: its wages in thousands, and how many each of the three has. */
export interface Payroll {
  readonly wages: readonly number[];
  readonly counts: readonly [number, number, number];
}

/** The sums are revealed to the companies themselves: rounding that depends on nothing but the values. */
const scheme = aby3({ truncation: 'exact' });

/**
 * Three companies learn the mean and the standard deviation of all their wages, and nothing of each other's: `aby3` over
 * a network, without `layers`. Each company is a computing party.
 */
export const surveyWages = async (role: 0 | 1 | 2, network: Network, payroll: Payroll): Promise<Survey> => {
  const agreement = { program: 'wage-survey', counts: payroll.counts.join(','), ...scheme.parameters };
  const session = await openSession(await network.join(role, agreement));
  try {
    return await survey(session, payroll);
  } finally {
    await session.close();
  }
};

const survey = async (session: Session, { wages, counts }: Payroll): Promise<Survey> => {
  const protocol = scheme.party(session);
  const shareOf = (count: number, owner: number) =>
    protocol.share(
      session.op('wages', owner),
      owner,
      owner === session.rank ? encode(wages, [count]) : [count],
    );
  const all = protocol.linear(linear.concat(0), ...(await Promise.all(counts.map(shareOf))));
  const sum = protocol.linear(linear.sum(), all);
  const product = { map: bilinear.dot(), x: all, y: all };
  const squares = await protocol.bilinearTruncate!(session.op('squares'), product, defaultFractionBits);
  const [total, totalSquares] = await Promise.all(
    [sum, squares].map(
      async (share, i) => decode((await protocol.reveal(session.op('result', i), share))!)[0]!,
    ),
  );
  const n = counts.reduce((a, b) => a + b);
  const mean = total! / n;
  return { mean, deviation: Math.sqrt(totalSquares! / n - mean ** 2) };
};
