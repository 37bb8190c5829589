/** What all shares of a data set say of it: public to the three nodes, and signed by its owner. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import { z } from 'zod';
import { badArgument } from '../bad-argument.js';
import { encodedColumns, maxColumns, schemaForm } from '../table/schema.js';

const format = 'triad/data/1';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z
  .number()
  .int()
  .min(1)
  .max(2 ** 40);

/** Names of owners are roles; names of data sets have up to 64 letters, digits, dots, dashes and underscores. */
export const ownerPattern = /^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/;
export const dataNamePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** Throws `bad-argument` for a name that no data set can have: it is part of file names. */
export const checkDataName = (name: string): void => {
  if (!dataNamePattern.test(name))
    throw badArgument(
      `${JSON.stringify(name)} is no name for a data set`,
      'use up to 64 letters, digits, dots, dashes and underscores, a letter or digit first',
    );
};

const form = z.strictObject({
  format: z.literal(format),
  /** 32 fresh hexadecimal digits. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  name: z.string().regex(dataNamePattern),
  /** The role that may allow its use. */
  owner: z.string().regex(ownerPattern),
  federation: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  scheme: z.literal('aby3'),
  fractionBits: z.number().int().min(0).max(62),
  rows: count,
  /** As its owner has them. */
  schema: schemaForm,
  /** As programs see them: a category is several. */
  columns: z.array(z.string().min(1).max(500)).min(1).max(maxColumns),
  /** Rows that are dealt together. */
  chunkRows: z
    .number()
    .int()
    .min(1)
    .max(2 ** 12),
  /** SHA-256 of what the shares are made of: two keys, and the words of x_2 behind a nonce that those who lack them do not know. */
  digests: z.strictObject({ keys: z.tuple([digest, digest]), words: digest }),
});

/** In characters: nodes keep manifests in memory. */
const maxManifest = 2 ** 20;

/** The shares of a data set, without any of them. */
export type Manifest = z.infer<typeof form>;

export const manifestFormat = format;

/** Throws `bad-argument` for what is no manifest, or contradicts itself. */
export const parseManifest = (text: string, file: string): Manifest => {
  const { success, data } = form.safeParse(text.length <= maxManifest ? parseJson(text) : undefined);
  if (success && encodedColumns(data.schema).join('\n') === data.columns.join('\n')) return data;
  throw new TriadError('bad-argument', `${file} does not say what data it is a share of`, {
    remedy: 'give a file that `triad share` of this version has made',
  });
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What its owner signs. */
export const manifestBytes = (manifest: Manifest): Uint8Array => canonicalJson(manifest);

/** SHA-256 of it, in hexadecimal: two nodes that have the same have shares of the same data, down to the last word. */
export const manifestDigest = (manifest: Manifest): string =>
  createHash('sha256').update(manifestBytes(manifest)).digest('hex');

/** Signatures of manifests are for nothing else. */
export const manifestLabel = format;
