import { misuse } from '../misuse.js';
import type { Node } from '../node/node.js';
import type { GradientFamily, Gradients } from './rule.js';

/** Sources have no inputs; nothing behind a share, a reveal or an assignment is a function of parameters. */
const none = (): Gradients => [];

const refuse = (node: Node): never => {
  throw misuse(`a loss cannot depend on a node of kind ${node.kind}`, 'differentiate the value itself');
};

export const outside: GradientFamily<'data' | 'parameter' | 'constant' | 'share' | 'reveal' | 'assign'> = {
  data: none,
  parameter: none,
  constant: none,
  share: none,
  reveal: refuse,
  assign: refuse,
};
