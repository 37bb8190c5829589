import { TriadError } from '@triad/protocol';
import { concat, type Shape, slice, type Tensor } from '@triad/ring';
import type { Share } from '../share.js';

/** Columns as one matrix, [rows, words of a row], so that rows move as a whole. */
export const toMatrix = (columns: readonly Share[]): Share => {
  const rows = rowsOf(columns);
  const join = (part: (x: Share) => Tensor): Tensor => {
    const views = columns.map((x) => part(x).reshape([rows, rowWords(x.a.shape)]));
    const matrix = concat(views, 1);
    for (const view of views) view.dispose();
    return matrix;
  };
  return { a: join((x) => x.a), b: join((x) => x.b) };
};

/** The columns of a matrix, shaped as these but for the number of rows. */
export const fromMatrix = (matrix: Share, columns: readonly Share[]): Share[] => {
  let at = 0;
  return columns.map(({ a: { shape } }) => {
    const end = at + rowWords(shape);
    const cut = (part: Tensor): Tensor => {
      const [rows] = part.shape as [number];
      const words = slice(part, [0, at], [rows, end]);
      const column = words.reshape([rows, ...shape.slice(1)]);
      words.dispose();
      return column;
    };
    const column = { a: cut(matrix.a), b: cut(matrix.b) };
    at = end;
    return column;
  });
};

const rowWords = (shape: Shape): number => shape.slice(1).reduce((product, extent) => product * extent, 1);

/** The number of rows all columns have. */
export const rowsOf = (columns: readonly Share[]): number => {
  const extents = columns.map((x) => x.a.shape[0]);
  const [rows] = extents;
  if (rows !== undefined && extents.every((extent) => extent === rows)) return rows;
  throw new TriadError(
    'bad-argument',
    `columns of one table have equally many rows; got ${extents.map((extent) => extent ?? 'a scalar').join(', ') || 'none'}`,
  );
};
