import { aby3 } from '@triad/aby3';
import { simulate } from '@triad/protocol';
import { bilinear, decode, encode } from '@triad/ring';

const main = async (): Promise<void> => {
  const { results } = await simulate(aby3(), async ({ rank, session, protocol }) => {
    const input = encode([1.5, -2, 300], [3]);
    const x = await protocol.share(session.op('x'), 0, rank === 0 ? input : input.shape);
    const square = await protocol.bilinear(session.op('square'), bilinear.mul(), x, x);
    const truncated = await protocol.truncate(session.op('truncate'), square, 16);
    const opened = await protocol.reveal(session.op('reveal'), truncated);
    return Array.from(decode(opened!));
  });
  const expected = [2.25, 4, 90000];
  const right = results.every((values) =>
    values.every((value, i) => Math.abs(value - expected[i]!) < 2 ** -14),
  );
  if (!right) throw new Error(`the squares are ${JSON.stringify(results)}`);
  console.log('@triad/aby3 works');
};

void main();
