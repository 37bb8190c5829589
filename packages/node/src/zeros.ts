const piece = Buffer.alloc(2 ** 16);

/** So many bytes, each zero. */
export const zeros = async function* (bytes: number): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece.subarray(0, bytes - sent);
};
