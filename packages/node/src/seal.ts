/**
 * Files encrypted to a role: HPKE (RFC 9180) in base mode with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM, to the key in the role's
 * certificate. The sender signs what is inside. Who sends what to whom is bound as `info`; pieces by their order, the last one by a mark.
 */
import { createHash, createPrivateKey } from 'node:crypto';
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import type { Federation, Signer } from '@triad/net';
import { TriadError } from '@triad/protocol';
import { isNode } from './work/work.js';

/** What a sealed file is, and between whom. */
export interface Envelope {
  /** Roles. */
  readonly from: string;
  readonly to: string;
  /** The job whose result it is. */
  readonly job: string;
}

const label = 'triad/sealed/1';
const magic = Buffer.from(`${label}\n`);
const pieceBytes = 2 ** 20;
const tagBytes = 16;
const keyBytes = 65;
const signatureBytes = 64;

const suite = () =>
  new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

const infoOf = (federation: Federation, { from, to, job }: Envelope): ArrayBuffer =>
  buffer(Buffer.from([label, federation.name, from, to, job].join('\n')));

/** WebCrypto takes no views of memory that may be shared. */
const buffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

const signed = (federation: Federation, envelope: Envelope, file: Uint8Array): Uint8Array =>
  createHash('sha256')
    .update(new Uint8Array(infoOf(federation, envelope)))
    .update(file)
    .digest();

/** Says whether it is the last piece. */
const mark = (last: boolean): ArrayBuffer => Uint8Array.of(last ? 1 : 0).buffer;

/** Throws as `Federation.member` does for the receiver. */
export const seal = async (
  federation: Federation,
  envelope: Envelope,
  { file, sign }: { readonly file: Uint8Array; readonly sign: Signer },
): Promise<Uint8Array> => {
  const hpke = suite();
  const recipientPublicKey = await hpke.kem.deserializePublicKey(
    buffer(federation.member(envelope.to).sealKey),
  );
  const sender = await hpke.createSenderContext({ recipientPublicKey, info: infoOf(federation, envelope) });
  const plain = Buffer.concat([sign(label, signed(federation, envelope, file)), file]);
  const pieces: Uint8Array[] = [magic, new Uint8Array(sender.enc)];
  for (let at = 0; at < plain.length; at += pieceBytes) {
    const last = at + pieceBytes >= plain.length;
    pieces.push(new Uint8Array(await sender.seal(buffer(plain.subarray(at, at + pieceBytes)), mark(last))));
  }
  return Buffer.concat(pieces);
};

/** The file. `key` is the receiver's `seal.pem`. Throws `mismatch` unless it is for this role, from that one, for this job, and whole. */
export const unseal = async (
  federation: Federation,
  envelope: Envelope,
  { sealed, key }: { readonly sealed: Uint8Array; readonly key: string },
): Promise<Uint8Array> => {
  const plain = await open(federation, envelope, sealed, key).catch(() => undefined);
  if (plain !== undefined && plain.length >= signatureBytes) {
    const [signature, file] = [plain.subarray(0, signatureBytes), plain.subarray(signatureBytes)];
    if (federation.verify(envelope.from, label, signed(federation, envelope, file), signature)) return file;
  }
  const { from, to, job } = envelope;
  throw new TriadError('mismatch', `what ${from} has of job ${job} is not encrypted to ${to}, or damaged`, {
    ...(isNode(from) && { party: Number(from) }),
    remedy: 'collect it again, with the identity it was made for',
  });
};

const open = async (federation: Federation, envelope: Envelope, sealed: Uint8Array, key: string) => {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length);
  if (!bytes.subarray(0, magic.length).equals(magic)) return undefined;
  const start = magic.length + keyBytes;
  const hpke = suite();
  const jwk = createPrivateKey(key).export({ format: 'jwk' });
  const recipientKey = await hpke.kem.importKey('jwk', jwk as never, false);
  const enc = buffer(bytes.subarray(magic.length, start));
  const recipient = await hpke.createRecipientContext({
    recipientKey,
    enc,
    info: infoOf(federation, envelope),
  });
  const pieces: Uint8Array[] = [];
  for (let at = start; at < bytes.length; at += pieceBytes + tagBytes) {
    const last = at + pieceBytes + tagBytes >= bytes.length;
    const piece = bytes.subarray(at, at + pieceBytes + tagBytes);
    pieces.push(new Uint8Array(await recipient.open(buffer(piece), mark(last))));
  }
  return Buffer.concat(pieces);
};
