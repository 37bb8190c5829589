/** The most `getRandomValues` gives at a time. */
const pieceBytes = 65536;

/** Bytes of the platform's cryptographic generator. */
export const randomBytes = (count: number): Uint8Array => {
  const out = new Uint8Array(count);
  for (let i = 0; i < count; i += pieceBytes)
    globalThis.crypto.getRandomValues(out.subarray(i, i + pieceBytes));
  return out;
};
