import { expect, it } from 'vitest';
import { data, layers, program, reveal } from './index.js';

const p = program(() => {
  const x = data({ name: 'x', shape: [null, 2], owner: 'alice' });
  reveal(layers.scale(x, 0.5), 0, 'half');
});

const text = [
  '["triad/program/1",[',
  '{"attributes":{"name":"x","owner":"alice","shape":[null,2]},"inputs":[],"kind":"data","shape":[null,2],"visibility":{"owner":"alice"}},',
  '{"attributes":{},"inputs":[0],"kind":"share","shape":[null,2],"visibility":"secret"},',
  '{"attributes":{"factor":0.5,"over":null},"inputs":[1],"kind":"scale","shape":[null,2],"visibility":"secret"},',
  '{"attributes":{"name":"half","to":0},"inputs":[2],"kind":"reveal","shape":[null,2],"visibility":{"owner":0}}',
  ']]',
].join('');

it('writes a program as sorted JSON', () => {
  expect(new TextDecoder().decode(p.bytes())).toBe(text);
});

it('hashes these bytes with SHA-256 (vector: sha256sum of coreutils)', () => {
  expect(p.hash()).toBe('2077d5eeb5fa126a3f4774b2e5c6e3855e4e0d2610ac813f509455db6d3704b4');
});
