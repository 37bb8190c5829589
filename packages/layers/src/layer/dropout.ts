import type { Variable } from '../program.js';

export interface DropoutOptions {
  readonly input: Variable;
  /** The share of elements that become 0; the others are scaled by 1 / (1 - rate). Default 0.5. */
  readonly rate?: number;
  /** In a test nothing is dropped. */
  readonly isTest?: boolean;
}

/**
 * Drops elements at random, anew in every step (Srivastava et al., JMLR 2014, inverted). The mask is public: it depends
 * on no data, and every party and twin draws the same one.
 */
export const dropout = ({ input, rate = 0.5, isTest = false }: DropoutOptions): Variable => {
  const { program } = input;
  return isTest ? input : program.append('mask', [input], { rate, stream: program.nodes.length });
};
