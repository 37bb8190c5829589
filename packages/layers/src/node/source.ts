import { misuse } from '../misuse.js';
import { checkShape, countElements } from '../shape.js';
import type { Initializer } from './node.js';
import type { Family } from './rule.js';

/** Where values come from. */
export const source: Family<'data' | 'parameter' | 'constant'> = {
  data: {
    arity: 0,
    shape: ({ attributes: { name, shape } }) => {
      checkName(name);
      checkShape(shape, `data '${name}'`);
      return shape;
    },
    visibility: ({ attributes: { owner } }) => (owner === null ? 'secret' : { owner }),
  },
  parameter: {
    arity: 0,
    shape: ({ attributes: { name, shape, initializer } }) => {
      checkName(name);
      checkShape(shape, `parameter '${name}'`);
      if (shape.includes(null as never))
        throw misuse(`parameter '${name}' has no fixed shape`, 'give it whole lengths');
      checkInitializer(name, initializer);
      return shape;
    },
    visibility: () => 'secret',
  },
  constant: {
    arity: 0,
    shape: ({ attributes: { shape, values } }) => {
      checkShape(shape, 'a constant');
      if (values.length !== countElements(shape)) {
        throw misuse(
          `a constant of ${countElements(shape)} elements got ${values.length} values`,
          'give one each',
        );
      }
      const wrong = values.find((v) => !Number.isFinite(v));
      if (wrong !== undefined) throw misuse(`a constant cannot be ${wrong}`, 'use finite numbers');
      return shape;
    },
    visibility: () => 'public',
  },
};

const checkInitializer = (name: string, initializer: Initializer): void => {
  const { kind, ...sizes } = initializer;
  const wrong = Object.values(sizes).find((v) => !Number.isFinite(v) || (kind !== 'constant' && v <= 0));
  if (wrong !== undefined)
    throw misuse(`parameter '${name}' starts at ${wrong} (${kind})`, 'start it at a finite number');
};

const checkName = (name: string): void => {
  if (typeof name !== 'string' || name === '') throw misuse('data and parameters need a name', 'give one');
};
