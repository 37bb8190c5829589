/** How large values of a program may be: a program is data that somebody sent, and its shapes are only numbers. */
import { nameOf, type Program } from '@triad/layers';
import { TriadError } from '@triad/protocol';

/** Of a value. */
const maxElements = 2 ** 26;
/** Of one that is public: it is computed with in JavaScript, while the program is compiled. */
const maxPublic = 2 ** 20;

/** Throws `limit` for a program that has larger values, with so many rows. */
export const checkSizes = (program: Program, rows: number): void => {
  for (const node of program.nodes) {
    const elements = node.shape.reduce<number>((n, d) => n * (d ?? rows), 1);
    if (elements <= (node.visibility === 'public' ? maxPublic : maxElements)) continue;
    throw new TriadError('limit', `'${nameOf(node)}' would have ${elements} elements`, {
      remedy: rows > 1 ? 'use smaller batches' : 'make it smaller',
    });
  }
};
