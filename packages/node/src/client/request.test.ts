import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { keys, mutual } from '@triad/net';
import { afterEach, expect, it } from 'vitest';
import { NodeConnection } from './request.js';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A node that gives this answer. */
const answering = async (status: number, answer: unknown): Promise<NodeConnection> => {
  const [own, other] = await keys('houses', ['0', 'carol']);
  const server = createServer({ ...mutual(own!), requestCert: true }, (_, response) => {
    response.writeHead(status).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const node = new NodeConnection(0, `https://127.0.0.1:${port}`, other!, 'houses');
  ends.push(
    () => node.close(),
    () => server.close(),
  );
  return node;
};

const cunning = '\u001b[2Jall is well\u202e';
const asking = { method: 'GET', path: '/v1/jobs' };

it('texts of a node carry no control characters, and its errors are its own', async () => {
  expect(await (await answering(200, { trouble: { what: cunning } })).json(asking)).toEqual({
    trouble: { what: ' [2Jall is well ' },
  });
  const error = { code: 'refused', what: cunning, party: 2, remedy: cunning };
  await expect((await answering(403, { error })).json(asking)).rejects.toMatchObject({
    party: 0,
    message: expect.not.stringMatching(/\p{C}/u),
    remedy: expect.not.stringMatching(/\p{C}/u),
  });
});

it('an answer is read up to a bound', async () => {
  const node = await answering(200, 'x'.repeat(1000));
  await expect(node.json(asking, 500)).rejects.toMatchObject({ code: 'limit', party: 0 });
});
