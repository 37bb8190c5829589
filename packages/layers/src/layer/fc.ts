import { xavierInitializer } from '../initializer.js';
import { misuse } from '../misuse.js';
import { add, matmul, reshape } from '../op.js';
import { type Program, parameter, type Variable } from '../program.js';
import { formatShape } from '../shape.js';

/** What may follow a layer's linear part. */
export type Activation = 'linear';

export interface FcOptions {
  /** [batch, ...]: all axes but the first are flattened. Several inputs get weights of their own and are summed. */
  readonly input: Variable | readonly Variable[];
  /** How many outputs. */
  readonly size: number;
  readonly act?: Activation;
  /** Default: true. */
  readonly bias?: boolean;
  /** Names the parameters, `name.w_0` and `name.b_0`; default `fc_0`, `fc_1`, ... */
  readonly name?: string;
}

/** A fully connected layer: input times weights (Xavier, uniform) plus bias (zero). Result [batch, size]. */
export const fc = ({ input, size, act, bias = true, name }: FcOptions): Variable => {
  checkActivation(act);
  if (!Number.isSafeInteger(size) || size < 1)
    throw misuse(`fc cannot have ${size} outputs`, 'use a whole size above 0');
  const inputs = [input].flat() as readonly Variable[];
  if (inputs.length === 0) throw misuse('fc got no input', 'pass at least one');
  const prefix = name ?? freeName(inputs[0]!.program);
  const products = inputs.map((x, i) => {
    const rows = flatten(x);
    const width = rows.shape[1]!;
    const w = parameter({
      name: `${prefix}.w_${i}`,
      shape: [width, size],
      initializer: xavierInitializer(width, size),
    });
    return matmul(rows, w);
  });
  const total = products.reduce((a, b) => add(a, b));
  return bias ? add(total, parameter({ name: `${prefix}.b_0`, shape: [size] })) : total;
};

/** [batch, everything else]. */
const flatten = (x: Variable): Variable => {
  const [batch, ...rest] = x.shape;
  if (batch === undefined || rest.length === 0 || rest.includes(null)) {
    throw misuse(`fc cannot take '${x.name}' of shape ${formatShape(x.shape)}`, 'give it [batch, features]');
  }
  return reshape(x, [batch, rest.reduce<number>((n, d) => n * d!, 1)]);
};

const checkActivation = (act: string | undefined): void => {
  if (act === undefined || act === 'linear') return;
  throw misuse(`the activation '${act}' is not available`, "use 'linear', the only one, or leave `act` out");
};

const freeName = (program: Program): string => {
  for (let i = 0; ; i++) if (!program.has(`fc_${i}.w_0`)) return `fc_${i}`;
};
