import { misuse } from '../misuse.js';
import { formatShape, sameShape } from '../shape.js';
import type { Visibility } from './node.js';
import type { Family } from './rule.js';

/** Nodes by which values become secret, stop being so, or outlive the step. */
export const effect: Family<'share' | 'reveal' | 'assign'> = {
  share: {
    arity: 1,
    shape: ({ inputs }) => inputs[0]!,
    visibility: ({ visibilities }) => {
      if (isOwned(visibilities[0]!)) return 'secret';
      throw misuse('only a value that one role owns can be shared', 'share data that has an owner');
    },
  },
  reveal: {
    arity: 1,
    shape: ({ inputs }) => inputs[0]!,
    visibility: ({ attributes: { to }, visibilities }) => {
      if (visibilities[0] !== 'secret') throw misuse('only a secret can be revealed', 'leave the reveal out');
      return to === 'all' ? 'public' : { owner: to };
    },
  },
  assign: {
    arity: 2,
    shape: ({ kinds, inputs: [parameter, value] }) => {
      if (kinds[0] !== 'parameter')
        throw misuse('only a parameter can be assigned to', 'assign to a parameter');
      if (sameShape(parameter!, value!)) return parameter!;
      throw misuse(
        `a parameter of shape ${formatShape(parameter!)} cannot become a value of shape ${formatShape(value!)}`,
        'assign a value of the same shape',
      );
    },
    visibility: () => 'secret',
  },
};

export const isOwned = (visibility: Visibility): visibility is Exclude<Visibility, string> =>
  typeof visibility === 'object';
