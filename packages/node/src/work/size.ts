/** How much a program may take: it is data that somebody sent, and its shapes are only numbers. */
import { type Node, nameOf, type Program } from '@triad/layers';
import { TriadError } from '@triad/protocol';

interface Size {
  readonly elements: number;
  /** Of products. */
  readonly multiplications: number;
}

/** Of one value. Nothing else goes on at a node while it is computed. */
const ofValue: Size = { elements: 2 ** 24, multiplications: 2 ** 32 };
/** Of all values that are public: they are computed in JavaScript, while the program is compiled. */
const ofPublic: Size = { elements: 2 ** 22, multiplications: 2 ** 26 };
/** Of all values. */
const ofAll: Size = { elements: 2 ** 28, multiplications: 2 ** 40 };

/** Elements of all values of a program with so many rows. Throws `limit` where it is too large. */
export const elementsOf = (program: Program, rows: number): number => {
  const products = multiplicationsOf(program, rows);
  let [all, open]: [Size, Size] = [nothing, nothing];
  for (const node of program.nodes) {
    const size = { elements: count(node.shape, rows), multiplications: products.get(node.id) ?? 0 };
    all = sum(all, size);
    if (node.visibility === 'public') open = sum(open, size);
    checkSize(size, ofValue, () => `'${nameOf(node)}' has`, rows);
    checkSize(open, ofPublic, () => `public values up to '${nameOf(node)}' have`, rows);
    checkSize(all, ofAll, () => `values up to '${nameOf(node)}' have`, rows);
  }
  return all.elements;
};

const nothing: Size = { elements: 0, multiplications: 0 };

const sum = (a: Size, b: Size): Size => ({
  elements: a.elements + b.elements,
  multiplications: a.multiplications + b.multiplications,
});

const checkSize = (size: Size, limit: Size, who: () => string, rows: number): void => {
  for (const what of ['elements', 'multiplications'] as const) {
    if (size[what] <= limit[what]) continue;
    throw new TriadError('limit', `${who()} ${size[what]} ${what}, of ${limit[what]} that a node allows`, {
      remedy: rows > 1 ? 'use smaller batches' : 'use smaller values, or fewer',
    });
  }
};

const count = (shape: Node['shape'], rows: number): number =>
  shape.reduce<number>((n, d) => n * (d ?? rows), 1);

/** By the number of the node. */
const multiplicationsOf = ({ nodes }: Program, rows: number): ReadonlyMap<number, number> => {
  const found = new Map<number, number>();
  for (const { id, kind, shape, inputs, attributes } of nodes) {
    const [x = [], y = []] = inputs.map((input) => nodes[input]!.shape);
    if (kind === 'matmul') found.set(id, count(shape, rows) * count(x.slice(1), rows));
    else if (kind === 'conv2d') found.set(id, count(shape, rows) * count(y.slice(1), rows));
    else if ('of' in attributes) found.set(id, found.get(attributes.of) ?? 0);
  }
  return found;
};
