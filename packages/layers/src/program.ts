import { TriadError } from '@triad/protocol';
import { canonicalBytes, hashBytes } from './canonical.js';
import { misuse } from './misuse.js';
import type { Attributes, Initializer, Kind, Node, Visibility } from './node/node.js';
import type { Draft, Rule } from './node/rule.js';
import { rules } from './node/table.js';
import { malformed, readNodes, type WrittenNode } from './parse.js';
import type { SymbolicShape } from './shape.js';

/** A value of a program: a handle that ops take and give. */
export class Variable {
  constructor(
    readonly program: Program,
    readonly node: Node,
  ) {}

  get name(): string {
    return nameOf(this.node);
  }

  get shape(): SymbolicShape {
    return this.node.shape;
  }

  get visibility(): Visibility {
    return this.node.visibility;
  }
}

/** Data, parameters and some outputs have the names they were given; other nodes are called after what they do. */
export const nameOf = (node: Node): string => {
  const { attributes, kind, id } = node;
  if (isKind(node, 'function')) return `${node.attributes.name}_${id}`;
  return ('name' in attributes ? attributes.name : undefined) ?? `${kind}_${id}`;
};

/** A static graph of nodes, each after its inputs. Nodes are only ever added. */
export class Program {
  readonly #nodes: Node[] = [];
  readonly #parameters: Node<'parameter'>[] = [];
  readonly #data: Node<'data'>[] = [];
  readonly #names = new Map<string, Variable>();
  #shares = new Map<number, Variable>();
  #hash: { readonly length: number; readonly hex: string } | undefined;

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** Parameters in the order they were made. */
  get parameters(): readonly Node<'parameter'>[] {
    return this.#parameters;
  }

  get data(): readonly Node<'data'>[] {
    return this.#data;
  }

  /** Adds a node after checking it. Values with an owner become secret before they are computed with. */
  append<K extends Kind>(kind: K, inputs: readonly Variable[], attributes: Attributes[K]): Variable {
    const own = inputs.map((x) => this.#admit(kind, x));
    const rule: Rule<K> = rules[kind];
    if (rule.arity !== 'any' && own.length !== rule.arity) {
      throw misuse(`${kind} takes ${rule.arity} values, not ${own.length}`, 'pass as many');
    }
    const draft: Draft<K> = {
      attributes,
      inputs: own.map((x) => x.shape),
      kinds: own.map((x) => x.node.kind),
      visibilities: own.map((x) => x.visibility),
      at: (id) => this.#describe(id),
    };
    const shape = rule.shape(draft);
    const secret = own.some((x) => x.visibility === 'secret');
    const visibility = rule.visibility?.(draft) ?? (secret ? 'secret' : 'public');
    const id = this.#nodes.length;
    return this.#add({ id, kind, inputs: own.map((x) => x.node.id), attributes, shape, visibility });
  }

  /** The variable of this name. */
  variable(name: string): Variable {
    const found = this.#names.get(name);
    if (found === undefined)
      throw misuse(`the program has no variable '${name}'`, 'look at the names of its nodes');
    return found;
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** A copy that can grow on its own: the prediction part of a program, taken before `minimize` adds the training. */
  clone(): Program {
    const copy = new Program();
    for (const node of this.#nodes) copy.#add(node);
    copy.#shares = new Map([...this.#shares].map(([id, v]) => [id, new Variable(copy, v.node)]));
    return copy;
  }

  /** The same bytes for the same program, on every machine. */
  bytes(): Uint8Array {
    return canonicalBytes(this.#nodes);
  }

  /**
   * The program of some bytes, which may come from anybody: every node is checked as if it were made here, and there is one text for each
   * program. Throws `bad-argument` for bytes that are none, `limit` for more than 16 MB or 2^18 nodes.
   */
  static parse(bytes: Uint8Array): Program {
    const program = new Program();
    for (const [id, node] of readNodes(bytes).entries()) program.#restore(id, node);
    const own = program.bytes();
    if (own.length === bytes.length && own.every((byte, i) => byte === bytes[i])) return program;
    throw malformed('a shape, a visibility or the spelling is another than follows from it');
  }

  /** SHA-256 of the canonical bytes, in hex. */
  hash(): string {
    if (this.#hash?.length !== this.#nodes.length) {
      this.#hash = { length: this.#nodes.length, hex: hashBytes(this.bytes()) };
    }
    return this.#hash.hex;
  }

  #add(node: Node): Variable {
    const variable = new Variable(this, node);
    if (this.#names.has(variable.name)) throw misuse(`two values are named '${variable.name}'`, 'rename one');
    this.#nodes.push(node);
    if (isKind(node, 'parameter')) this.#parameters.push(node);
    if (isKind(node, 'data')) this.#data.push(node);
    this.#names.set(variable.name, variable);
    return variable;
  }

  /** A node as it was written, shares included. */
  #restore(id: number, { kind, inputs, attributes }: WrittenNode): void {
    const own = inputs.map((input) => new Variable(this, this.#nodes[input]!));
    const bare = own.find(({ visibility }) => kind !== 'share' && typeof visibility !== 'string');
    if (bare !== undefined) throw malformed(`node ${id} computes with '${bare.name}', which is not shared`);
    try {
      const restored = this.append(kind, own, attributes);
      if (kind === 'share' && !this.#shares.has(inputs[0]!)) this.#shares.set(inputs[0]!, restored);
    } catch (error) {
      if (error instanceof TriadError) throw error;
      throw malformed(`node ${id} makes no sense`);
    }
  }

  #admit(kind: Kind, x: Variable): Variable {
    if (x.program !== this)
      throw misuse(`'${x.name}' belongs to another program`, 'use values of one program');
    if (x.node.kind === 'reveal') {
      throw misuse(`'${x.name}' is an output`, 'compute with the secret it reveals');
    }
    if (kind === 'share' || typeof x.visibility === 'string') return x;
    let share = this.#shares.get(x.node.id);
    if (share === undefined) {
      share = this.append('share', [x], {});
      this.#shares.set(x.node.id, share);
    }
    return share;
  }

  #describe(id: number) {
    const node = this.#nodes[id];
    if (node === undefined) throw misuse(`the program has no node ${id}`, 'refer to an earlier node');
    return { kind: node.kind, shape: node.shape, inputs: node.inputs.map((i) => this.#nodes[i]!.shape) };
  }
}

export const isKind = <K extends Kind>(node: Node, kind: K): node is Node<K> => node.kind === kind;

let main = new Program();

/** The program that ops outside `program(...)` add to. */
export const defaultMainProgram = (): Program => main;

/** Starts a new default main program. */
export const reset = (): Program => {
  main = new Program();
  return main;
};

/** Builds a program of its own: ops called inside `build` add to it. */
export const program = (build: () => void): Program => {
  const outer = main;
  main = new Program();
  try {
    build();
    return main;
  } finally {
    main = outer;
  }
};

export interface DataOptions {
  readonly name: string;
  /** The first axis may be null: the batch. */
  readonly shape: SymbolicShape;
  /** Who feeds it. Without one the value is secret from the start, and fed with what `Executor.share` gave. */
  readonly owner?: number | string;
}

/** A value fed at every run. */
export const data = ({ name, shape, owner }: DataOptions): Variable =>
  main.append('data', [], { name, shape: [...shape], owner: owner ?? null });

export interface ParameterOptions {
  readonly name: string;
  readonly shape: readonly number[];
  /** Default: zeros. */
  readonly initializer?: Initializer;
}

/**
 * A value that lives from run to run, changed by optimizers. Programs of one job share parameters by name; within a
 * program the same name, shape and initializer is the same parameter.
 */
export const parameter = ({ name, shape, initializer }: ParameterOptions): Variable => {
  const attributes = {
    name,
    shape: [...shape],
    initializer: initializer ?? { kind: 'constant', value: 0 },
  } as const;
  const known = main.has(name) ? main.variable(name) : undefined;
  if (known !== undefined && JSON.stringify(known.node.attributes) === JSON.stringify(attributes))
    return known;
  return main.append('parameter', [], attributes);
};
