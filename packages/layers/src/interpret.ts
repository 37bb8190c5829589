import { batchOf, boundShapes } from './bind.js';
import type { PureKind, Scene } from './interpret/rule.js';
import { meanings } from './interpret/table.js';
import { misuse } from './misuse.js';
import { NdArray, type Nested } from './nd-array.js';
import type { Node } from './node/node.js';
import { isKind, type Program, type Variable } from './program.js';
import { assignments, neededFor } from './select.js';
import { type BoundShape, countElements, formatShape, sameShape } from './shape.js';

export interface TwinRun {
  readonly feed?: Readonly<Record<string, NdArray | Nested>>;
  /** Variables or their names; every value can be fetched, since nothing is secret here. */
  readonly fetchList?: readonly (Variable | string)[];
}

/** The value of a node whose meaning is a function of its inputs. */
export const evaluate = <K extends PureKind>(node: Node<K>, scene: Scene): NdArray =>
  meanings[node.kind](node, scene);

export const isPure = (node: Node): node is Node<PureKind> => node.kind in meanings;

/**
 * A program in float64, one process, no protocol: the definition of what every node means, and the twin that encrypted
 * runs are compared with. Same program, same feeds, same initial weights.
 */
export class FloatTwin {
  readonly parameters = new Map<string, NdArray>();
  /** Runs so far: schedules and masks depend on it. */
  step = 0;

  /** Weights by name; parameters that start at a constant need none. */
  constructor(
    readonly program: Program,
    weights: Readonly<Record<string, NdArray | Nested>> = {},
  ) {
    for (const { attributes } of program.parameters) {
      const given = weights[attributes.name];
      const value = given === undefined ? initial(attributes) : NdArray.from(given);
      if (!sameShape(value.shape, attributes.shape)) {
        throw misuse(
          `'${attributes.name}' has shape ${formatShape(attributes.shape)}, not ${formatShape(value.shape)}`,
          'give weights of its shape',
        );
      }
      this.parameters.set(attributes.name, value);
    }
  }

  /** One run: the fetched values, then the parameters change. */
  run({ feed = {}, fetchList = [] }: TwinRun = {}): NdArray[] {
    const { program } = this;
    const fetched = fetchList.map((x) => (typeof x === 'string' ? program.variable(x) : x).node);
    const updates = assignments(program);
    const needed = neededFor(program, [...fetched, ...updates]);
    const values = this.#evaluate(needed, feed);
    for (const { inputs } of updates) {
      const target = program.nodes[inputs[0]!]!;
      if (isKind(target, 'parameter')) this.parameters.set(target.attributes.name, values[inputs[1]!]!);
    }
    this.step++;
    return fetched.map((node) => values[node.id]!);
  }

  #evaluate(
    needed: readonly boolean[],
    feed: Readonly<Record<string, NdArray | Nested>>,
  ): (NdArray | undefined)[] {
    const { program } = this;
    const fed = new Map(Object.entries(feed).map(([name, v]) => [name, NdArray.from(v)]));
    const shapes = this.#bind(fed);
    const values: (NdArray | undefined)[] = [];
    for (const node of program.nodes) {
      values.push(needed[node.id] ? this.#value(node, values, fed, shapes) : undefined);
    }
    return values;
  }

  #bind(fed: ReadonlyMap<string, NdArray>): readonly BoundShape[] {
    const declared = new Map(this.program.data.map((d) => [d.attributes.name, d.shape]));
    const rows = [...fed].map(([name, value]) => {
      const shape = declared.get(name);
      if (shape === undefined)
        throw misuse(`the program has no data '${name}'`, `feed ${[...declared.keys()].join(', ')}`);
      return [name, shape, value.shape] as const;
    });
    return boundShapes(this.program, batchOf(rows));
  }

  #value(
    node: Node,
    values: readonly (NdArray | undefined)[],
    fed: ReadonlyMap<string, NdArray>,
    shapes: readonly BoundShape[],
  ): NdArray {
    if (isPure(node)) {
      const inputs = node.inputs.map((i) => values[i]!);
      const { nodes } = this.program;
      return evaluate(node, {
        shape: shapes[node.id]!,
        inputs,
        shapeOf: (id) => shapes[id]!,
        nodeAt: (id) => nodes[id]!,
        step: this.step,
      });
    }
    if (isKind(node, 'constant'))
      return new NdArray(node.attributes.shape, Float64Array.from(node.attributes.values));
    if (isKind(node, 'parameter')) return this.parameters.get(node.attributes.name)!;
    if (!isKind(node, 'data')) return values[node.inputs.at(-1)!]!;
    const value = fed.get(node.attributes.name);
    if (value === undefined) throw misuse(`'${node.attributes.name}' was not fed`, 'put it into the feed');
    return value;
  }
}

const initial = ({ name, shape, initializer }: Node<'parameter'>['attributes']): NdArray => {
  if (initializer.kind === 'constant') {
    return new NdArray(shape, new Float64Array(countElements(shape)).fill(initializer.value));
  }
  throw misuse(`'${name}' starts at random values`, 'give the weights the encrypted run started from');
};
