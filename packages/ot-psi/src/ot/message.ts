import { type ErrorContext, TriadError } from '@triad/protocol';
import { decodePoint, type Point, pointBytes } from './ristretto255.js';

/** An element as it travelled and as it is computed with. */
export interface Element {
  readonly bytes: Uint8Array;
  readonly point: Point;
}

const checkLength = (message: Uint8Array, length: number, context: ErrorContext): void => {
  if (message.length === length) return;
  throw new TriadError('bad-message', `a base OT message has ${message.length} bytes instead of ${length}`, {
    remedy: 'check that both sides run the same version and the same number of OTs',
    ...context,
  });
};

/** The sender's message: A. Throws `bad-message` for another length and for what is no element or the identity. */
export const decodeSetup = (message: Uint8Array, context: ErrorContext = {}): Element => {
  checkLength(message, pointBytes, context);
  const bytes = message.slice();
  return { bytes, point: decodePoint(bytes, "the OT sender's element", context) };
};

/** The receiver's message: `count` elements R_i, every one of them checked before the first is used. */
export const decodeReply = (
  message: Uint8Array,
  count: number,
  context: ErrorContext = {},
): readonly Element[] => {
  checkLength(message, count * pointBytes, context);
  return Array.from({ length: count }, (_, i) => {
    const bytes = message.slice(i * pointBytes, (i + 1) * pointBytes);
    return { bytes, point: decodePoint(bytes, `element ${i} of the OT receiver`, context) };
  });
};
