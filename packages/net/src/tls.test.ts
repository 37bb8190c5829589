import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { Channel } from '@triad/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { failure, freePorts, meet, newJob, tryMeet } from './fixture/meet.js';
import { keys, type RoleCredentials } from './keys.js';
import { network } from './network.js';
import { rendezvous } from './rendezvous.js';

const roles = ['0', '1', '2'];
const close = (channels: readonly Channel[]) => Promise.all(channels.map((channel) => channel.close()));

describe('keys', () => {
  it('are certificates of one authority, with role and job, for servers and clients', async () => {
    const made = await keys('deal', ['0', 'bank']);
    const ca = new X509Certificate(made[0]!.ca);
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    for (const { role, cert, key } of made) {
      const certificate = new X509Certificate(cert);
      expect(certificate.subject).toBe(`CN=${role}\nO=deal`);
      expect(certificate.ca).toBe(false);
      expect(certificate.verify(ca.publicKey)).toBe(true);
      expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
      expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    }
    expect(new Set(made.flatMap(({ cert, key }) => [cert, key])).size).toBe(4);
    expect(new X509Certificate(made[0]!.cert).serialNumber).not.toBe(
      new X509Certificate(made[1]!.cert).serialNumber,
    );
  });

  it.each([[['0', '0']], [['a b']], [['']], [['authority/CN=0']]])('refuse the roles %j', async (bad) => {
    expect(await failure(keys('deal', bad))).toMatchObject({ code: 'bad-argument' });
  });
});

describe('mutual TLS', () => {
  const job = newJob();
  let own: RoleCredentials[];
  let others: RoleCredentials[];
  let otherJob: RoleCredentials[];
  let expired: RoleCredentials[];
  beforeAll(async () => {
    own = await keys(job, [...roles, 'board']);
    others = await keys(job, roles);
    otherJob = await keys('another', roles);
    expired = await keys(job, roles, { days: -1 });
  });

  const fixed = async () =>
    Object.fromEntries((await freePorts(3)).map((port, role) => [role, `127.0.0.1:${port}`]));

  it('links parties that go by names among themselves, while the job meets at the same board', async () => {
    const all = await keys(job, ['0', '1', 'city', 'shop', 'board']);
    const { board, ...tls } = Object.fromEntries(all.map((made) => [made.role, made]));
    const { address, close: end } = await rendezvous({ listen: '127.0.0.1:0', tls: board! });
    const at = { job, rendezvous: address };
    const outside = ['shop', 'city'];
    const names = ['city', 'shop'];
    const whole = [0, 1, ...outside].map((role) =>
      network({ ...at, parties: 2, outside, tls: tls[role]! }).join(role, { of: 'job' }),
    );
    const pair = names.map((name) => network({ ...at, names, tls: tls[name]! }).join(name, { of: 'pair' }));
    const channels = await Promise.all([...whole, ...pair]);
    expect(channels.map(({ rank, peers }) => [rank, peers.length])).toEqual([
      [0, 3],
      [1, 3],
      [2, 2],
      [3, 2],
      [0, 1],
      [1, 1],
    ]);
    await close(channels);
    const foreign = network({ ...at, names, tls: tls[0]!, timeout: 500 }).join('shop', {});
    expect(await failure(foreign)).toMatchObject({ code: expect.stringMatching(/timeout|mismatch/) });
    await end();
  });

  it('links parties whose certificates fit, by TLS 1.3', async () => {
    const peers = await fixed();
    const joining = [0, 1].map((role) => network({ job, peers, tls: own[role]! }).join(role, {}));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const [host, port] = peers[0]!.split(':');
    const probe = connectTls({
      host: host!,
      port: Number(port),
      ...own[2]!,
      checkServerIdentity: () => undefined,
    });
    await new Promise((resolve) => probe.once('secureConnect', resolve));
    expect(probe.getProtocol()).toBe('TLSv1.3');
    probe.destroy();
    const channels = await Promise.all([...joining, network({ job, peers, tls: own[2]! }).join(2, {})]);
    await close(channels);
  });

  /** Parties 0 and 1 are as they should be; party 2 has something else, and nobody meets it. */
  const intruders: [string, () => Partial<{ tls: RoleCredentials }>, RegExp][] = [
    ['no certificate', () => ({}), /did not join|refused|hang up/],
    [
      'a certificate of another authority',
      () => ({ tls: others[2]! }),
      /self-signed|signature|unable|decrypt|verify/,
    ],
    [
      'the certificate of another role',
      () => ({ tls: own[1]! }),
      /a certificate of role 1 came with a hello of role 2/,
    ],
    [
      'a certificate of another job',
      () => ({ tls: otherJob[2]! }),
      /self-signed|signature|unable|decrypt|verify/,
    ],
    [
      'an expired certificate',
      () => ({ tls: expired[2]! }),
      /self-signed|signature|unable|expired|decrypt|verify/,
    ],
  ];
  it.each(intruders)('refuses %s', async (_, credentials, words) => {
    const peers = await fixed();
    const timeout = 1200;
    const log: string[] = [];
    const joining = [0, 1].map((role) =>
      failure(
        network({ job, peers, timeout, tls: own[role]!, log: (line) => log.push(line) }).join(role, {}),
      ),
    );
    const intruder = await failure(network({ job, peers, timeout: 900, ...credentials() }).join(2, {}));
    expect(intruder.message).toMatch(words);
    for (const error of await Promise.all(joining))
      expect(error).toMatchObject({ code: 'timeout', party: 2 });
    expect(log.join()).not.toContain('connected to party 2');
  });

  it('does not talk to a party that answers without it', async () => {
    const peers = await fixed();
    const plain = failure(network({ job, peers, timeout: 900 }).join(0, {}));
    const secure = await failure(network({ job, peers, timeout: 700, tls: own[1]! }).join(1, {}));
    expect(secure).toMatchObject({ code: 'timeout', party: 0 });
    await plain;
  });

  it('guards the rendezvous: nobody announces another role, nor reads about another job', async () => {
    const server = await rendezvous({ listen: '127.0.0.1:0', tls: own[3]! });
    const [host, port] = server.address.split(':');
    const { request } = await import('node:https');
    const status = (method: string, path: string) =>
      new Promise((resolve, reject) => {
        const options = {
          host,
          port,
          method,
          path,
          ...own[1]!,
          checkServerIdentity: () => undefined,
          agent: false,
        };
        request(options, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
          .end(method === 'PUT' ? 'wss://127.0.0.1:1' : '');
      });
    expect(await status('PUT', `/job/${job}/role/1`)).toBe(204);
    expect(await status('PUT', `/job/${job}/role/0`)).toBe(403);
    expect(await status('GET', `/job/${job}/role/1`)).toBe(200);
    expect(await status('GET', '/job/another/role/0')).toBe(403);
    await server.close();
  });

  it('has room at a rendezvous for everybody, whoever takes a lot of it', async () => {
    const server = await rendezvous({ listen: '127.0.0.1:0', tls: own[3]! });
    const port = Number(server.address.split(':')[1]);
    /** The number of a role's connections that stay, of so many. */
    const connected = async (role: number, count: number): Promise<number> => {
      const sockets = await Promise.all(
        Array.from({ length: count }, async () => {
          const options = { port, host: '127.0.0.1', ...own[role]!, checkServerIdentity: () => undefined };
          const socket = connectTls(options).on('error', () => {});
          await Promise.race([once(socket, 'secureConnect'), once(socket, 'close')]);
          return socket.resume();
        }),
      );
      const open = () => sockets.filter((socket) => !socket.closed).length;
      while (open() > 64) await sleep(20);
      return open();
    };
    expect(await connected(1, 100)).toBe(64);
    expect(await connected(2, 3)).toBe(3);
    await server.close();
  });

  it('lets mismatches through, as named as ever', async () => {
    const credentials = new Map(own.map((each) => [each.role, each]));
    const results = await tryMeet({
      job,
      credentials,
      agreement: (role) => ({ ring: role === 2 ? 32 : 64 }),
    });
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'mismatch' } });
    }
    await close(await meet({ job, credentials }));
  });
});
