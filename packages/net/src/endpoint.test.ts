import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatEndpoint, isLoopback, parseEndpoint, parseUrl, requireProtection } from './endpoint.js';

describe('endpoints', () => {
  it('are written as they were read', () => {
    const host = fc.oneof(fc.ipV4(), fc.constantFrom('::1', 'fe80::1', 'localhost', 'a-b.example.org'));
    fc.assert(
      fc.property(host, fc.nat(65535), (host, port) => {
        const endpoint = { host, port };
        expect(parseEndpoint(formatEndpoint(endpoint), 'listen')).toEqual(endpoint);
        expect(parseUrl(`wss://${formatEndpoint(endpoint)}`)).toEqual({
          ...endpoint,
          secure: true,
          path: '',
        });
      }),
    );
  });

  it.each(['', 'host', 'host:', ':1', 'host:65536', 'host:-1', '::1:80', 'a b:1', 'http://a:1', 'a:1/x'])(
    'are refused with the option they came from: %j',
    (text) => {
      expect(() => parseEndpoint(text, 'listen')).toThrow(/^listen: .* is not an address; write host:port/);
    },
  );

  it('come from strangers: anything else is undefined', () => {
    fc.assert(
      fc.property(fc.string(), (text) => parseUrl(`ws://${text}`) === undefined || /:\d+$/.test(text)),
    );
    expect(parseUrl('http://127.0.0.1:1')).toBeUndefined();
  });
});

describe('plain sockets', () => {
  const plain = { tls: false, insecure: false };

  it.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('are fine at %s', (host) => {
    expect(isLoopback(host)).toBe(true);
    expect(() => requireProtection(host, plain)).not.toThrow();
  });

  it.each([
    '10.0.0.1',
    '0.0.0.0',
    '::',
    'example.org',
    '128.0.0.1',
    'localhost.example.org',
    '::ffff:10.0.0.1',
  ])('need TLS or consent at %s', (host) => {
    expect(() => requireProtection(host, plain)).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    expect(() => requireProtection(host, { tls: true, insecure: false })).not.toThrow();
    expect(() => requireProtection(host, { tls: false, insecure: true })).not.toThrow();
  });
});
