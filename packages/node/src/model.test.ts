import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { aby3 } from '@triad/aby3';
import {
  data,
  encodeDeposits,
  layers,
  parameter,
  parseSafetensorsHeader,
  program,
  reveal,
} from '@triad/layers';
import { readFederation, signer } from '@triad/net';
import { afterEach, describe, expect, it } from 'vitest';
import { TestFederation } from './fixture/federation.js';
import { end, features, grantAll, sample, shareAll, trainingWork, twin } from './fixture/training.js';
import { type Work, work } from './index.js';
import { seal, unseal } from './seal.js';

let federation: TestFederation;
afterEach(() => federation.close());

/** Predictions of a model that an earlier job has left, for Dave's rows. */
const predictionWork = (model?: string): Work =>
  work({
    programs: {
      predict: program(() => {
        const x = data({ name: 'x', shape: [null, features] });
        reveal(layers.matmul(x, parameter({ name: 'w', shape: [features, 1] })), 'carol', 'predictions');
      }),
    },
    inputs: { x: 'dave/new' },
    ...(model !== undefined && { model }),
    stages: [{ program: 'predict', feed: { x: 'x' }, reveal: ['predictions'] }],
  });

const trained = async () => {
  federation = await TestFederation.start(['alice', 'bob', 'carol', 'dave']);
  await shareAll(federation);
  const job = trainingWork(4);
  await grantAll(federation, job);
  const carol = await federation.client('carol');
  const id = await carol.submit(job);
  await end(carol, id);
  for (const { node } of federation.nodes.values())
    while (node.job('carol', id).phase !== 'done') await sleep(20);
  return { carol, id };
};

describe('a model', () => {
  it('that a job has left is used by a later one, if the owners of its data agree, too', async () => {
    const { carol, id } = await trained();
    const { x } = sample(40, 500);
    await federation.share('dave', 'new', ['a', 'b', 'c'], x);
    const job = predictionWork(id);
    const dave = await federation.client('dave');
    await dave.grant(job, { set: 'dave/new', submitters: ['carol'] });
    await expect(carol.submit(job)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/reveals 'predict.predictions' to carol, which alice did not sign for/),
    });
    await grantAll(federation, job);
    const next = await carol.submit(job);
    expect(await end(carol, next)).toMatchObject({ phase: 'done', sets: ['alice/x', 'bob/y', 'dave/new'] });
    const { predictions } = await carol.result(next);
    const w = twin(4);
    for (const [i, row] of x.entries()) {
      const expected = row.reduce((sum, value, j) => sum + value * w[j]!, 0);
      expect(Math.abs(predictions!.data[i]! - expected)).toBeLessThan(2e-3);
    }
    // Owners of the training data take part in what is done with the model.
    expect((await (await federation.client('alice')).jobs()).map((view) => view.id)).toContain(next);
  });

  it('that was trained on data which its owner has replaced is refused', async () => {
    const { carol, id } = await trained();
    const { x } = sample(40, 500);
    await federation.share('dave', 'new', ['a', 'b', 'c'], x);
    const job = predictionWork(id);
    const alice = await federation.client('alice');
    await alice.remove('x');
    await federation.share('alice', 'x', ['a', 'b', 'c'], x);
    await (await federation.client('dave')).grant(job, { set: 'dave/new', submitters: ['carol'] });
    await grantAll(federation, job);
    await expect(carol.submit(job)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/the model was trained on other data than is here as 'alice\/x'/),
    });
  });

  it('of a job that is not there, or not done, is refused', async () => {
    const { carol } = await trained();
    await expect(carol.submit(predictionWork('ef'.repeat(16)))).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/no job ef.* is done here/),
    });
  });
});

/** What a node that lies would hand out: its share of the results with one word changed. */
const lie = async (rank: number, id: string): Promise<void> => {
  const identity = federation.identities.get(String(rank))!;
  const carol = federation.identities.get('carol')!;
  const envelope = { from: String(rank), to: 'carol', job: id };
  const path = join(federation.folder, `node-${rank}`, 'jobs', id, 'result-carol.sealed');
  const names = readFederation(identity);
  const file = await unseal(names, envelope, { sealed: await readFile(path), key: carol.seal });
  const header = parseSafetensorsHeader(file, file.length);
  const values = header.entries.map(({ name, shape, start, end: stop }) => {
    const words = file.slice(header.dataStart + start, header.dataStart + stop);
    if (name === 'w') for (const at of [0, words.length / 2]) words[at]! ^= 4;
    return [name, { shape: shape.slice(1), words }] as const;
  });
  const result = header.metadata['triad.model'] ?? '';
  const forged = encodeDeposits(aby3(), { party: rank, id: result }, new Map(values));
  await writeFile(path, await seal(names, envelope, { file: forged, sign: signer(identity) }));
};

describe('results', () => {
  it.each([0, 1, 2])('name node %i when it lies about its share', async (rank) => {
    const { carol, id } = await trained();
    await lie(rank, id);
    await expect(carol.result(id)).rejects.toMatchObject({ code: 'mismatch', party: rank });
  });
});
