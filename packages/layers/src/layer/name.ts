import type { Program } from '../program.js';

/** The first of `kind_0`, `kind_1`, ... that no layer of the program has. */
export const freeName = (program: Program, kind: string): string => {
  for (let i = 0; ; i++) {
    const name = `${kind}_${i}`;
    if (!program.has(`${name}.w_0`) && !program.has(`${name}.b_0`)) return name;
  }
};
