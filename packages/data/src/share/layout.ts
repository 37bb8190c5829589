/** How a share lies in its `.safetensors` file: a header, then keys, nonce and words, as many as the party has. */
import { formatSafetensorsHeader } from '@triad/layers';
import { componentsOf } from './dealt.js';
import { type Manifest, manifestBytes } from './manifest.js';

/** Names in the header's metadata. */
export const metadataNames = {
  kind: 'triad.kind',
  party: 'triad.party',
  manifest: 'triad.manifest',
  signature: 'triad.signature',
} as const;

export const shareKind = 'data share';

export const nonceBytes = 32;

/** The tensors of a party's file in their order, all of I64: keys [n, 2], and unless it is party 0, nonce [4] and words [rows, columns]. */
export const tensorsOf = (party: number, rows: number, columns: number) => {
  const keys = componentsOf(party).filter((component) => component < 2).length;
  const own = [{ name: 'keys', type: 'I64' as const, shape: [keys, 2] }];
  if (keys === 2) return own;
  return [
    ...own,
    { name: 'nonce', type: 'I64' as const, shape: [nonceBytes / 8] },
    { name: 'words', type: 'I64' as const, shape: [rows, columns] },
  ];
};

/** The header of a party's file, of `length` bytes at least. */
export const headerOf = (
  party: number,
  manifest: Manifest,
  signature: Uint8Array,
  length = 0,
): Uint8Array => {
  const { kind, party: partyName, manifest: manifestName, signature: signatureName } = metadataNames;
  const metadata = {
    [kind]: shareKind,
    [partyName]: String(party),
    [manifestName]: new TextDecoder().decode(manifestBytes(manifest)),
    [signatureName]: Buffer.from(signature).toString('base64'),
  };
  return formatSafetensorsHeader(metadata, tensorsOf(party, manifest.rows, manifest.columns.length), length);
};
