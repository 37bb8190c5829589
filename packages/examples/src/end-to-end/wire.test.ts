import { createPrivateKey } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { houseWork } from '../federated/work.js';
import { Capture, hasTcpdump } from '../fixture/capture.js';
import { expectHouseResult, grantHouses } from '../fixture/house-job.js';
import { Nodes } from '../fixture/nodes.js';
import { hasRedis } from '../fixture/redis.js';
import { records } from '../fixture/triad.js';

let nodes: Nodes | undefined;
afterEach(async () => {
  await nodes?.stop();
  nodes = undefined;
});

/** Long enough that it is not there by chance. */
const window = 16;

/** Pieces of some bytes, spread over all of them; what is all one byte says nothing. */
const pieces = (bytes: Buffer, from: number, count = 200): Buffer[] => {
  const step = Math.max(8, Math.floor((bytes.length - from - window) / count / 8) * 8);
  const found: Buffer[] = [];
  for (let at = from; at + window <= bytes.length; at += step) {
    const piece = bytes.subarray(at, at + window);
    if (new Set(piece).size > 4) found.push(piece);
  }
  return found;
};

/** What follows the header of a `.safetensors` file: keys, nonces and words. */
const contentOf = (file: Buffer): number => 8 + Number(file.readBigUInt64LE(0));

const safetensorsIn = async (folder: string): Promise<Buffer[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.name.endsWith('.safetensors'));
  return Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name))));
};

/** A private key's number. */
const scalarOf = (pem: string): Buffer =>
  Buffer.from(createPrivateKey(pem).export({ format: 'jwk' }).d as string, 'base64url');

it.skipIf(!hasRedis || !hasTcpdump)(
  'on the wire, and in logs, there is no share, no key and no number, but what everybody may see is there',
  { timeout: 120_000 },
  async () => {
    nodes = await Nodes.start();
    const capture = await Capture.start(join(nodes.folder, 'all.pcap'));
    await nodes.shareHouses();
    const job = houseWork(20);
    const file = join(nodes.folder, 'work.json');
    await writeFile(file, JSON.stringify(job));
    await grantHouses(nodes, file);
    const said = await nodes.as('analyst', 'job', 'submit', file, '--watch', '--json');
    const [{ id }] = records<{ readonly id: string }>(said) as [{ id: string }];
    await expectHouseResult(nodes, id, job);
    const seen = await capture.stop();
    const ended = await nodes.stopNodes();

    // A capture that sees what is in the open: addresses in Redis, and the handshakes of TLS 1.3.
    expect(seen.length).toBeGreaterThan(200_000);
    expect(seen.includes('triad:prices:party:0')).toBe(true);
    expect(seen.includes('wss://127.0.0.1:')).toBe(true);

    const stored = (await Promise.all([0, 1, 2].map((rank) => safetensorsIn(nodes!.dataOf(rank))))).flat();
    expect(stored.length).toBeGreaterThan(15);
    const secret = stored.flatMap((bytes) => pieces(bytes, contentOf(bytes)));
    expect(secret.length).toBeGreaterThan(1000);
    for (const piece of secret) expect(seen.includes(piece)).toBe(false);
    for (const role of ['0', '1', '2', 'city', 'agency', 'analyst'])
      for (const name of ['key.pem', 'seal.pem']) {
        const pem = await readFile(join(nodes.identityOf(role), name), 'utf8');
        expect(seen.includes(scalarOf(pem))).toBe(false);
      }
    const csv = await readFile(join(nodes.folder, 'city-houses.csv'), 'utf8');
    for (const line of csv.split('\n').slice(1, 50)) expect(seen.includes(line.slice(0, 24))).toBe(false);
    for (const { stderr } of ended) {
      expect(stderr).toContain('"event":"job"');
      for (const encoding of ['hex', 'base64', 'base64url'] as const)
        for (const piece of secret)
          expect(stderr.includes(piece.toString(encoding).slice(0, 20))).toBe(false);
      for (const line of csv.split('\n').slice(1, 50)) expect(stderr.includes(line.slice(0, 24))).toBe(false);
    }
    const predictions = await readFile(join(nodes.folder, `results-${id}`, 'predictions.json'), 'utf8');
    for (const [number] of (JSON.parse(predictions) as number[][]).slice(0, 50))
      expect(seen.includes(String(number))).toBe(false);
  },
);
