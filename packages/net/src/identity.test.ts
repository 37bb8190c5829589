import { createPrivateKey, createPublicKey } from 'node:crypto';
import { TriadError } from '@triad/protocol';
import { describe, expect, it } from 'vitest';
import {
  keys,
  type RoleCredentials,
  readCertificate,
  readFederation,
  readRoster,
  signer,
  subjectOf,
} from './index.js';

const federation = async (name: string, roles: readonly string[]): Promise<readonly RoleCredentials[]> =>
  keys(name, roles);
const text = (s: string) => new TextEncoder().encode(s);

describe('identity', () => {
  it('knows every role of the federation, and who it is itself', async () => {
    const [zero, alice] = await federation('houses', ['0', 'alice']);
    const known = readFederation(zero!);
    expect(known.name).toBe('houses');
    expect(known.roles).toEqual(['0', 'alice']);
    expect(subjectOf(alice!)).toEqual({ federation: 'houses', role: 'alice' });
    expect(() => known.member('bob')).toThrow(/no role 'bob'.*0, alice/);
  });

  it('has the public half of each sealing key', async () => {
    const [zero, alice] = await federation('houses', ['0', 'alice']);
    const { x, y } = createPublicKey(createPrivateKey(alice!.seal)).export({ format: 'jwk' });
    const point = Buffer.concat([
      Buffer.from([4]),
      Buffer.from(x!, 'base64url'),
      Buffer.from(y!, 'base64url'),
    ]);
    expect(Buffer.from(readFederation(zero!).member('alice').sealKey)).toEqual(point);
  });

  it('takes a signature of the role, the label and the bytes it was made for, and no other', async () => {
    const [zero, alice] = await federation('houses', ['0', 'alice']);
    const known = readFederation(zero!);
    const signature = signer(alice!)('grant', text('yes'));
    expect(signature).toHaveLength(64);
    expect(known.verify('alice', 'grant', text('yes'), signature)).toBe(true);
    expect(known.verify('0', 'grant', text('yes'), signature)).toBe(false);
    expect(known.verify('alice', 'share', text('yes'), signature)).toBe(false);
    expect(known.verify('alice', 'grant', text('no'), signature)).toBe(false);
    expect(known.verify('alice', 'grant', text('yes'), signature.subarray(1))).toBe(false);
  });

  it('refuses certificates of another authority, of the same name, too', async () => {
    const [zero] = await federation('houses', ['0', 'alice']);
    const [other] = await federation('houses', ['0', 'alice']);
    expect(() => readFederation({ ca: zero!.ca, roster: other!.roster })).toThrow(TriadError);
  });

  it('refuses texts that are no certificates', async () => {
    const [zero] = await federation('houses', ['0']);
    expect(() => readFederation({ ca: zero!.ca, roster: '' })).toThrow(/no certificate/);
    expect(() => readFederation({ ca: 'x', roster: zero!.roster })).toThrow(/cannot be read/);
    expect(() => readFederation({ ca: zero!.ca, roster: zero!.ca })).toThrow(TriadError);
    expect(() => readFederation({ ca: zero!.ca, roster: zero!.roster + zero!.roster })).toThrow(/twice/);
  });

  it('takes no signature of a role whose certificate has expired', async () => {
    const [zero, alice] = await keys('houses', ['0', 'alice'], { days: -0.01 });
    const known = readFederation(zero!);
    expect(() => known.verify('alice', 'grant', text('yes'), signer(alice!)('grant', text('yes')))).toThrow(
      expect.objectContaining({ code: 'refused' }),
    );
  });

  it('reads certificates that do not hold, and says who made them', async () => {
    const [zero, alice] = await keys('houses', ['0', 'alice'], { days: -0.01 });
    const [stranger] = await federation('houses', ['0']);
    const own = readCertificate(alice!.cert);
    expect(own).toMatchObject({ federation: 'houses', role: 'alice' });
    expect(own.expires.getTime()).toBeLessThan(Date.now());
    expect(own.isIssuedBy(zero!.ca)).toBe(true);
    expect(own.isIssuedBy(stranger!.ca)).toBe(false);
    const fingerprints = readRoster(alice!.roster).map(({ fingerprint }) => fingerprint);
    expect(fingerprints).toHaveLength(2);
    expect(fingerprints[1]).toBe(own.fingerprint);
    expect(() => readCertificate('x')).toThrow(/cannot be read/);
  });
});
