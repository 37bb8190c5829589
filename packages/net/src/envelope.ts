/** The start of a websocket message as it goes onto the socket, and the part of it that is the payload's. */
export interface Envelope {
  readonly whole: Uint8Array;
  readonly body: Uint8Array;
}

const binary = 0x82;
const maskBytes = 4;

const lengthBytes = (length: number): number => (length < 126 ? 2 : length < 2 ** 16 ? 4 : 10);

/**
 * Memory for the first `bytes` of a binary message of `length` (below 2^32), default all of it, with its header (RFC 6455, section
 * 5.2) in one buffer. `ws` would write the two apart, which takes small messages a quarter longer. Its mask, if it has one, is zero.
 */
export const envelope = (length: number, masked: boolean, bytes = length): Envelope => {
  const header = lengthBytes(length) + (masked ? maskBytes : 0);
  const whole = Buffer.allocUnsafe(header + bytes);
  const flag = masked ? 0x80 : 0;
  whole[0] = binary;
  if (length < 126) {
    whole[1] = flag | length;
  } else if (length < 2 ** 16) {
    whole[1] = flag | 126;
    whole.writeUInt16BE(length, 2);
  } else {
    whole[1] = flag | 127;
    whole.writeUInt32BE(0, 2);
    whole.writeUInt32BE(length, 6);
  }
  if (masked) whole.fill(0, header - maskBytes, header);
  return { whole, body: whole.subarray(header) };
};
