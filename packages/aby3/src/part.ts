import { type Copy, checkCopies, type Op, type Parts, type Session, TriadError } from '@triad/protocol';
import { add, Prg, randomBytes, type Shape, sub, Tensor } from '@triad/ring';
import { maskComponent } from './reveal.js';
import { tensorScope } from './scope.js';
import { next, parties, previous, type Share } from './share.js';
import { drawn } from './stream.js';

const same = (x: Tensor): Tensor => x.reshape(x.shape);

/** Party i's parts are x_i and x_{i+1}, in this order: any two parties' parts hold all three components. */
export const parts: Parts<Share> = {
  count: 2,
  of: ({ a, b }) => [same(a), same(b)],
  share: ([a, b]) => ({ a: same(a!), b: same(b!) }),
  split: (x) => {
    const components = split(x);
    const pairs = components.map((component, rank) => [same(component), same(components[next(rank)]!)]);
    for (const component of components) component.dispose();
    return pairs;
  },
  combine: (given) => {
    const copies = [0, 1, 2].map((k) => copiesOf(given, k));
    checkCopies(
      copies.flatMap(([first, second]) => (second === undefined ? [] : [[first!, second] as const])),
    );
    const [x0, x1, x2] = copies.map(([copy]) => copy?.x);
    if (x0 === undefined || x1 === undefined || x2 === undefined) throw tooFew();
    const sum = add(x0, x1);
    return add(sum, x2, sum);
  },
};

/** x_0 and x_1 uniform, x_2 = x - x_0 - x_1. */
const split = (x: Tensor): Tensor[] => {
  const [x0, x1] = [uniform(x.shape), uniform(x.shape)];
  const rest = sub(x, x0);
  return [x0, x1, sub(rest, x1, rest)];
};

const uniform = (shape: Shape): Tensor => {
  const out = Tensor.empty(shape);
  new Prg(randomBytes(16)).fill(0, 0, 0, out);
  return out;
};

/** Component k at those who have it: party k, then the one before. */
const copiesOf = (given: readonly (readonly Tensor[] | undefined)[], k: number): Copy[] =>
  [
    { rank: k, x: given[k]?.[0] },
    { rank: previous(k), x: given[previous(k)]?.[1] },
  ].filter((copy): copy is Copy => copy.x !== undefined);

const tooFew = (): TriadError =>
  new TriadError('bad-argument', 'one party alone has not all components', {
    remedy: `give the parts of at least two of the ${parties} parties`,
  });

/** Each component under its mask, the masks m_0 + m_1 + m_2 = 0 drawn from the key all computing parties share. */
export const refresh = (session: Session, op: Op, { a, b }: Share): Share => {
  using scope = tensorScope();
  const masks = scope.own(drawn(op, session.common, [2, ...a.shape]));
  const { rank } = session;
  return { a: maskComponent(rank, a, masks), b: maskComponent(next(rank), b, masks) };
};
