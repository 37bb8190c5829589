import { TriadError } from '@triad/protocol';
import { RingError } from '@triad/ring';
import { describe, expect, it } from 'vitest';
import { failureOf, formatFailure } from './failure.js';

const lost = new TriadError('peer-lost', 'party 2 (10.0.0.3:8702) closed the connection', {
  party: 2,
  op: 'step 120/5',
  remedy: 'start it again',
});

describe('a failure', () => {
  it('has what, where and remedy apart', () => {
    expect(failureOf(lost)).toEqual({
      code: 'peer-lost',
      what: 'party 2 (10.0.0.3:8702) closed the connection',
      party: 2,
      op: 'step 120/5',
      remedy: 'start it again',
    });
    expect(formatFailure(failureOf(lost)).split('\n')).toEqual([
      'triad: party 2 (10.0.0.3:8702) closed the connection',
      '  where:  party 2, step 120/5',
      '  remedy: start it again',
    ]);
  });

  it('is recognised when another copy of the package threw it', () => {
    const copy = Object.assign(new Error('gone'), { name: 'TriadError', code: 'closed', party: 1 });
    expect(failureOf(copy)).toEqual({ code: 'closed', what: 'gone', party: 1 });
    expect(failureOf(new RingError('range', 'too large'))).toMatchObject({
      code: 'range',
      what: 'too large',
    });
  });

  it('that nobody expected says how to see more', () => {
    expect(failureOf(new TypeError('x is undefined'))).toEqual({
      code: 'unexpected',
      what: 'TypeError: x is undefined',
      remedy: 'see where with --debug',
    });
    expect(failureOf('text')).toMatchObject({ what: 'text' });
  });
});
