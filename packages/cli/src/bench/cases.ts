import type { PartyCase } from './case.js';
import { compare } from './compare.js';
import { linreg } from './linreg.js';
import { matmul } from './matmul.js';
import { product } from './product.js';
import { truncate } from './truncate.js';

/** The benchmarks that three parties run, by name. */
export const partyCases: ReadonlyMap<string, PartyCase> = new Map(
  [
    compare,
    linreg('linreg-b10', 10),
    linreg('linreg-b128', 128),
    matmul('matmul-128x784x128', [128, 784, 128]),
    matmul('matmul-512', [512, 512, 512]),
    product,
    truncate,
  ].map((each) => [each.name, each]),
);
