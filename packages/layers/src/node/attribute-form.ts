/** What attributes that come from elsewhere must look like before a rule reads them. */
import type { Attributes, Kind } from './node.js';

type Form = (value: unknown) => boolean;

type Forms = { readonly [K in Kind]: { readonly [F in keyof Required<Attributes[K]>]: Form } };

const maxText = 200;
const maxRank = 32;

const number: Form = (x) => typeof x === 'number' && Number.isFinite(x);
const whole: Form = (x) => typeof x === 'number' && Number.isSafeInteger(x);
const text: Form = (x) => typeof x === 'string' && x !== '' && x.length <= maxText && !/\p{C}/u.test(x);
const flag: Form = (x) => typeof x === 'boolean';
const nothing: Form = (x) => x === null;
const optional: Form = (x) => x === undefined;
const either =
  (...forms: readonly Form[]): Form =>
  (x) =>
    forms.some((form) => form(x));
const list =
  (form: Form, most = maxRank): Form =>
  (x) =>
    Array.isArray(x) && x.length <= most && x.every(form);
const pair =
  (form: Form): Form =>
  (x) =>
    list(form)(x) && (x as readonly unknown[]).length === 2;
const record =
  (fields: Readonly<Record<string, Form>>): Form =>
  (x) =>
    isRecord(x) &&
    Object.keys(x).every((key) => Object.hasOwn(fields, key)) &&
    Object.entries(fields).every(([key, form]) => form(x[key]));
const tagged =
  (kinds: Readonly<Record<string, Readonly<Record<string, Form>>>>): Form =>
  (x) => {
    if (!isRecord(x) || typeof x.kind !== 'string' || !Object.hasOwn(kinds, x.kind)) return false;
    return record({ kind: text, ...kinds[x.kind] })(x);
  };

export const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> =>
  typeof x === 'object' && x !== null && !Array.isArray(x);

const size: Form = (x) => whole(x) && (x as number) > 0;
const shape = list(either(size, nothing));
const bound = list(size);
const role = either(whole, text);
const convolution = { stride: pair(whole), padding: pair(whole), dilation: pair(whole) };
const windows = { ...convolution, kernel: pair(whole) };
const axes = list(whole);

const numbers = list(number, 2 ** 16);
const maxDepth = 16;

/** A schedule may have others in it, not many deep. */
const schedule =
  (depth: number): Form =>
  (x) =>
    depth < maxDepth &&
    tagged({
      constant: { value: number },
      exponential: { base: number, rate: number, every: number, staircase: flag },
      piecewise: { boundaries: numbers, values: numbers },
      polynomial: { from: number, to: number, steps: number, power: number },
      cosine: { from: number, to: number, steps: number },
      warmup: { steps: number, after: schedule(depth + 1) },
      bias: { beta: number, power: number },
      product: { factors: list(schedule(depth + 1)) },
    })(x);

const forms: Forms = {
  data: { name: text, shape, owner: either(role, nothing) },
  parameter: {
    name: text,
    shape: bound,
    initializer: tagged({
      constant: { value: number },
      uniform: { limit: number },
      normal: { deviation: number },
    }),
  },
  constant: { shape: bound, values: list(number, Number.POSITIVE_INFINITY) },
  share: {},
  reveal: { to: role, name: either(text, optional) },
  assign: {},
  add: {},
  sub: {},
  scale: { factor: number, over: either(whole, nothing) },
  sum: { axes, keepDims: flag },
  broadcast: { shape },
  reshape: { shape },
  transpose: { axes },
  slice: { start: axes, end: list(either(whole, nothing)) },
  concat: { axis: whole },
  pad: { before: axes, after: axes },
  windows,
  unwindows: { ...windows, shape },
  scheduled: { schedule: schedule(0) },
  mask: { rate: number, stream: whole },
  less: {},
  function: { name: text, low: number, high: number, tolerance: either(number, optional) },
  divide: { low: number, high: number },
  detach: {},
  withSlope: {},
  mul: {},
  matmul: {},
  conv2d: { ...convolution, groups: whole },
  adjoint: {
    of: whole,
    side: either(
      (x) => x === 'x',
      (x) => x === 'y',
    ),
  },
};

export const isKindName = (x: unknown): x is Kind => typeof x === 'string' && Object.hasOwn(forms, x);

/** Whether these may be attributes of such a node; whether they make sense is the rule's to say. */
export const areAttributes = <K extends Kind>(kind: K, value: unknown): value is Attributes[K] =>
  record(forms[kind])(value);
