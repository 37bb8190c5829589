import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Control, decodeControl, encodeControl, type Hello, maxControlBytes } from './control.js';

const hello: Hello = {
  version: 1,
  job: 'j',
  parties: 3,
  outside: ['bank'],
  from: 2,
  to: 0,
  nonce: '0123456789abcdef0123456789abcdef',
  agreement: { program: 'p', fraction: 16 },
};

const withBody = (kind: number, text: string): Uint8Array =>
  Uint8Array.from([kind, ...new TextEncoder().encode(text)]);

describe('control frames', () => {
  const all: Control[] = [
    { kind: 'ping' },
    { kind: 'hello', body: hello },
    { kind: 'ready', body: { nonce: hello.nonce } },
    { kind: 'goodbye', body: undefined },
    {
      kind: 'goodbye',
      body: { code: 'peer-lost', party: 1, what: 'gone', op: 'step 1/2', remedy: 'start it' },
    },
  ];

  it.each(all)('arrive as they were sent: $kind', (control) => {
    expect(decodeControl(encodeControl(control))).toEqual(control);
  });

  it('are read or not, whatever the bytes: nothing is thrown', () => {
    fc.assert(
      fc.property(fc.nat(6), fc.uint8Array({ maxLength: 100 }), (kind, bytes) => {
        const control = decodeControl(Uint8Array.from([kind, ...bytes]));
        expect(control === undefined || 'kind' in control).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('are not read with any JSON in them but their own', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 3, 4), fc.json(), (kind, text) => {
        expect(decodeControl(withBody(kind, text))).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('are not read with one field of another type', () => {
    const odd = [null, -1, 1.5, 2 ** 16, 'x\u0000', 'x'.repeat(1001), [], {}, [3], { a: null }, true];
    for (const key of Object.keys(hello)) {
      for (const value of odd) {
        const fine =
          (key === 'outside' && Array.isArray(value) && value.length === 0) ||
          (key === 'agreement' && JSON.stringify(value) === '{}');
        const control = decodeControl(withBody(2, JSON.stringify({ ...hello, [key]: value })));
        expect(control === undefined, `${key}: ${JSON.stringify(value)}`).toBe(!fine);
      }
    }
  });

  it('are not read when they are long, and keep no terminal codes of a peer', () => {
    expect(
      decodeControl(withBody(4, JSON.stringify({ code: 'closed', what: 'x'.repeat(maxControlBytes) }))),
    ).toBeUndefined();
    const control = decodeControl(withBody(4, JSON.stringify({ code: 'closed', what: 'a\u001b[2Jb\nc' })));
    expect(control).toEqual({ kind: 'goodbye', body: { code: 'closed', what: 'a [2Jb c' } });
  });
});
