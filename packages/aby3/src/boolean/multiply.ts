import { type Op, type Session, TriadError } from '@triad/protocol';
import { equalShapes, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import { tensorScope } from '../scope.js';
import { keys, type Share } from '../share.js';
import { drawn } from '../stream.js';
import { dealerKey, evaluator, freshComponents, joinParts } from '../truncation/truncation.js';
import { dealt, known, toLanes } from './b2a.js';
import { type BooleanShare, width } from './share.js';

/**
 * Bit times value (as ABY3, section 5.4, without oblivious transfer), element by element, in 2 rounds. Party 0 knows u = b_0
 * xor b_1 and c = x_0 + x_1, parties 1 and 2 know v = b_2 and x_2. In (u xor v)(c + x_2) =
 *   v c + (1 - 2 v) u c + x_2 (v + (1 - 2 v) u)
 * all is linear in c, which is shared already, and in u c and u, which party 0 deals: 2 elements; parties 1 and 2 send 1.
 */
export const multiply = async (session: Session, op: Op, bit: BooleanShare, x: Share): Promise<Share> => {
  if (width(bit) !== 1 || !equalShapes(bit.shape, x.a.shape)) {
    throw new TriadError(
      'bad-argument',
      `a value [${x.a.shape.join(', ')}] is multiplied by bits of its shape; got ${width(bit)} planes of [${bit.shape.join(', ')}]`,
    );
  }
  const lanes = known(session, bit, toLanes);
  try {
    return session.rank === 0 ? deal(session, op, lanes, x) : await evaluate(session, op, lanes, x);
  } finally {
    lanes.dispose();
  }
};

const deal = (session: Session, op: Op, u: Tensor, x: Share): Share => {
  using scope = tensorScope();
  const epsilon = scope.own(drawn(op, keys(session).a, [2, u.size]));
  const out = scope.own(Tensor.empty(epsilon.shape));
  kernels().dealMultiple(u.ptr, x.a.ptr, x.b.ptr, epsilon.ptr, out.ptr, u.size);
  op.send(1, out.toBytes());
  return freshComponents(session, op.at(0), x.a);
};

const evaluate = async (session: Session, op: Op, v: Tensor, x: Share): Promise<Share> => {
  using scope = tensorScope();
  const { lead } = evaluator(session);
  const [own, common] = lead ? [x.a, x.b] : [x.b, x.a];
  const parts = scope.own(await dealt(session, op, [2, v.size]));
  const component = scope.own(drawn(op.at(0), dealerKey(session), own.shape));
  const part = scope.own(Tensor.empty(own.shape));
  const pointers = [v, own, common, parts, component, part].map(({ ptr }) => ptr) as Six;
  kernels().foldMultiple(...pointers, v.size, lead ? 1 : 0);
  return joinParts(session, op.at(0), scope.release(part), scope.release(component));
};

type Six = [number, number, number, number, number, number];
