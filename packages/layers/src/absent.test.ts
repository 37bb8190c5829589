import { plain } from '@triad/protocol';
import { memory, Tensor } from '@triad/ring';
import { expect, it } from 'vitest';
import { everywhere, job } from './fixture/parties.js';
import {
  type Deposit,
  data,
  decryptModel,
  Executor,
  encodeDeposits,
  layers,
  NdArray,
  optimizer,
  program,
  reveal,
} from './index.js';
import { openEnvironment } from './runtime/environment.js';

const scheme = plain(3);
const shape = [4, 2];
const values = [0.5, -1, 2, 0.25, 1, 1, -3, 0.125];

/** What a share file would hold of the values: with plain(), the values. */
const parts = () => [
  Tensor.from(
    shape,
    values.map((v) => BigInt(v * 2 ** 16)),
  ),
];

const p = program(() => {
  const x = data({ name: 'x', shape: [null, 2] });
  const y = layers.fc({ input: x, size: 1, name: 'fc', initializer: { kind: 'constant', value: 0.5 } });
  const loss = layers.mean(layers.mul(y, y));
  reveal(loss, 'analyst', 'loss');
  reveal(y, 'auditor', 'prediction');
  new optimizer.SGD({ learningRate: 0.125 }).minimize(loss);
});

/** A job whose outside parties are not there, at one computing party. */
const alone = (network: ReturnType<typeof job>['network'], role: number) => {
  const taken: Deposit[] = [];
  const environment = openEnvironment(
    scheme,
    role,
    { outside: ['analyst', 'auditor'], join: async () => network.channels[role]! },
    { deposit: (deposit) => taken.push(deposit) },
  );
  return { taken, exe: new Executor({ environment, program: p }), environment };
};

const train = async (exe: Executor) => {
  const own = parts();
  const x = await exe.adopt('x', { shape, parts: own });
  for (const part of own) part.dispose();
  await exe.run({ feed: { x }, fetchList: ['loss', 'prediction'] });
  await exe.run({ feed: { x: x.rows(1, 3) }, fetchList: ['loss'], index: 7 });
  await exe.reveal(exe.parameters.get('fc.w_0')!, 'analyst');
  exe.forget(x);
};

it('shares from elsewhere are computed with, and results for who is not there are kept', async () => {
  const before = memory.liveBytes;
  const { network } = job(scheme);
  const parties = [0, 1, 2].map((role) => alone(network, role));
  await Promise.all(parties.map(({ exe }) => train(exe)));
  await Promise.all(parties.map(({ environment }) => environment.close()));
  expect(memory.liveBytes).toBe(before);

  const said = parties[0]!.taken.map(({ to, name, run, shape }) => [to, name, run, shape]);
  expect(new Set(said)).toEqual(
    new Set([
      ['analyst', 'loss', 0, []],
      ['auditor', 'prediction', 0, [4, 1]],
      ['analyst', 'loss', 7, []],
      ['analyst', 'fc.w_0', undefined, [2, 1]],
    ]),
  );

  const there = await present();
  const files = parties.map(({ taken }, party) =>
    encodeDeposits(
      scheme,
      { party, id: '00'.repeat(16) },
      new Map(taken.map((deposit) => [`${deposit.name}/${deposit.run}`, deposit])),
    ),
  );
  const opened = decryptModel(files, scheme);
  expect(opened['loss/0']).toEqual(there.first[0]);
  expect(opened['prediction/0']).toEqual(there.first[1]);
  expect(opened['loss/7']).toEqual(there.second[0]);
  expect(opened['fc.w_0/undefined']).toEqual(there.weights);
});

/** The same with outside parties that are there. */
const present = async () => {
  const [, , , analyst, auditor] = await everywhere(
    job(scheme, ['analyst', 'auditor']),
    p,
    async (exe, role) => {
      const owner = 0;
      const { x } = await exe.share({
        x: { owner, shape, ...(role === owner && { values: new NdArray(shape, Float64Array.from(values)) }) },
      });
      const first = await exe.run({ feed: { x }, batch: 4, fetchList: ['loss', 'prediction'] });
      const second = await exe.run({ feed: { x: x.rows(1, 3) }, batch: 2, fetchList: ['loss'] });
      return { first, second, weights: await exe.reveal(exe.parameters.get('fc.w_0')!, 'analyst') };
    },
  );
  return { ...analyst!, first: [analyst!.first[0], auditor!.first[1]] };
};

it('refuses parts of another number or shape', async () => {
  const { network } = job(scheme);
  const { exe } = alone(network, 0);
  void [1, 2].map((role) =>
    alone(network, role)
      .exe.adopt('x', { shape: [1] })
      .catch(() => {}),
  );
  const [own] = parts();
  await expect(exe.adopt('x', { shape, parts: [own!, own!] })).rejects.toThrow(/does not consist of 1 parts/);
  await expect(exe.adopt('x', { shape: [8], parts: [own!] })).rejects.toThrow(/does not consist of 1 parts/);
  own!.dispose();
});
