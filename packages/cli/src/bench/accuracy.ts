import { aby3 } from '@triad/aby3';
import { data, Executor, FloatTwin, init, NdArray, type Program, plan, program, reveal } from '@triad/layers';
import { inMemory } from '@triad/net';
import { plain, type Scheme } from '@triad/protocol';
import { bounded } from './case.js';
import { type MeasuredFunction, measuredFunctions } from './function.js';

/** What one function was worth. Errors are relative to results above 1, absolute below. */
export interface Accuracy {
  readonly name: 'accuracy';
  readonly function: string;
  /** Arguments it was measured on: from, to. */
  readonly range: readonly [number, number];
  readonly arguments: number;
  /** What is stated: no error is larger. */
  readonly stated: number;
  /** The largest error on the plaintext protocol and on aby3. */
  readonly plain: number;
  readonly aby3: number;
  /** On aby3. */
  readonly rounds: number;
  /** Rounds others state, by their names. */
  readonly published: Readonly<Record<string, number>>;
}

/** Measures every function on aby3 and the plaintext protocol, in this process, against float64. */
export async function* measureAccuracy(): AsyncGenerator<Accuracy> {
  for (const each of measuredFunctions) yield await measure(each);
}

const fetchList = ['y'];

const measure = async (each: MeasuredFunction): Promise<Accuracy> => {
  const { name, compute, columns, stated } = each;
  const x = interleaved(columns);
  const model = program(() => {
    reveal(compute(data({ name: 'x', shape: x.shape })), 'all', 'y');
  });
  const [exact] = new FloatTwin(model).run({ feed: { x }, fetchList });
  const errorOn = async <S>(scheme: Scheme<S>) => largestError(await run(scheme, model, x), exact!);
  const what = `the error of ${name}`;
  return {
    name: 'accuracy',
    function: name,
    range: each.range,
    arguments: columns[0]!.length,
    stated,
    plain: bounded(what, await errorOn(plain(3)), stated),
    aby3: bounded(what, await errorOn(aby3()), stated),
    // But for the round in which the result is revealed.
    rounds: plan(model, aby3(), { fetchList }).rounds - 1,
    published: each.published ?? {},
  };
};

/** [rows, columns]. */
const interleaved = (columns: readonly Float64Array[]): NdArray => {
  const width = columns.length;
  const x = new NdArray([columns[0]!.length, width]);
  for (let i = 0; i < x.data.length; i++) x.data[i] = columns[i % width]![Math.floor(i / width)]!;
  return x;
};

/** The program's result with all parties in this process. */
const run = async <S>(scheme: Scheme<S>, model: Program, x: NdArray): Promise<NdArray> => {
  const network = inMemory();
  const party = async (role: number) => {
    const exe = new Executor({ environment: init(scheme, role, network), program: model });
    const shared = await exe.share({ x: { owner: 0, shape: x.shape, values: x } });
    const [y] = await exe.run({ feed: shared, fetchList });
    await exe.close();
    return y!;
  };
  return (await Promise.all([0, 1, 2].map(party)))[0]!;
};

const largestError = (y: NdArray, exact: NdArray): number =>
  y.data.reduce(
    (error, v, i) => Math.max(error, Math.abs(v - exact.data[i]!) / Math.max(1, Math.abs(exact.data[i]!))),
    0,
  );
