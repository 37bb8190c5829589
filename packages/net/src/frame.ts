import { type Address, formatAddress, maxIndex, maxPath, TriadError } from '@triad/protocol';

/**
 * The bytes of one websocket message. The first byte is its kind. A data frame goes on with one or more pieces: step,
 * index, path and length as little-endian u32, then the payload. A payload above `pieceBytes` travels as several
 * pieces in a row; bit 31 of the length says that more follow. No Node here: frames are the same in a browser.
 */
export const frameKind = { data: 0, ping: 1, hello: 2, ready: 3, goodbye: 4, resume: 5 } as const;

export const pieceBytes = 2 ** 22;
/** The largest payload of one message. */
export const maxMessageBytes = 2 ** 30;
const headerBytes = 16;
/** No frame is larger. */
export const maxFrameBytes = 1 + headerBytes + pieceBytes;

const moreFollows = 2 ** 31;

/** A message, or a piece of one that more pieces follow. */
export interface Outgoing {
  readonly address: Address;
  readonly bytes: Uint8Array;
  readonly more?: boolean;
}

/** Where frames go, run by run. */
export interface FrameSink {
  /** Memory for the first `bytes` of the next frame, of `length` in all; may be uninitialised. */
  begin(bytes: number, length: number): Uint8Array;
  /** The rest of it. */
  end(payload: Uint8Array): void;
}

/** A payload of so many bytes gets a frame of its own, into which it is not copied. */
const largeBytes = 2 ** 14;

/** Writes messages as data frames, as few as the largest size allows. Small payloads are copied, once. */
export const encodeData = (messages: readonly Outgoing[], sink: FrameSink): void => {
  let batch: Outgoing[] = [];
  let size = 1;
  const flush = () => {
    if (batch.length > 0) encodeBatch(batch, size, sink);
    batch = [];
    size = 1;
  };
  const add = (piece: Outgoing) => {
    const bytes = headerBytes + piece.bytes.length;
    const large = piece.bytes.length >= largeBytes;
    if (large || size + bytes > maxFrameBytes) flush();
    if (large) return encodeLarge(piece, sink);
    batch.push(piece);
    size += bytes;
  };
  for (const message of messages) {
    if (message.bytes.length <= pieceBytes) add(message);
    else for (const piece of pieces(message)) add(piece);
  }
  flush();
};

const pieces = ({ address, bytes }: Outgoing): Outgoing[] =>
  Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, i) => {
    const end = (i + 1) * pieceBytes;
    return { address, bytes: bytes.subarray(i * pieceBytes, end), more: end < bytes.length };
  });

const encodeLarge = (piece: Outgoing, sink: FrameSink): void => {
  const head = 1 + headerBytes;
  encodeHeader(piece, started(sink.begin(head, head + piece.bytes.length)), 1);
  sink.end(piece.bytes);
};

const encodeBatch = (batch: readonly Outgoing[], size: number, sink: FrameSink): void => {
  const frame = sink.begin(size, size);
  const view = started(frame);
  let at = 1;
  for (const piece of batch) {
    encodeHeader(piece, view, at);
    frame.set(piece.bytes, at + headerBytes);
    at += headerBytes + piece.bytes.length;
  }
};

/** With the kind of a data frame written. */
const started = (frame: Uint8Array): DataView => {
  frame[0] = frameKind.data;
  return new DataView(frame.buffer, frame.byteOffset, frame.length);
};

const encodeHeader = ({ address, bytes, more }: Outgoing, view: DataView, at: number): void => {
  view.setUint32(at, address.step, true);
  view.setUint32(at + 4, address.index, true);
  view.setUint32(at + 8, address.path, true);
  view.setUint32(at + 12, bytes.length + (more ? moreFollows : 0), true);
};

/** A message whose pieces are still arriving. */
interface Unfinished {
  readonly address: Address;
  readonly parts: Uint8Array[];
  size: number;
}

/**
 * Reads the data frames of one peer and puts pieces together. Every length is checked against the bytes that are
 * there, and memory grows only with what has arrived. Throws `bad-message` or `limit`; the link is then of no use.
 */
export class DataDecoder {
  #partial: Unfinished | undefined;

  constructor(
    private readonly party: number,
    private readonly deliver: (address: Address, bytes: Uint8Array) => void,
  ) {}

  /** Takes in one data frame, kind byte included. Small payloads are copied, so that they do not hold the frame. */
  read(frame: Uint8Array): void {
    if (frame.length <= headerBytes) throw this.#bad(`a data frame of ${frame.length} bytes`);
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    for (let at = 1; at < frame.length; ) {
      if (frame.length - at < headerBytes) throw this.#bad('a data frame that ends inside a header');
      const address = this.#address(view, at);
      const word = view.getUint32(at + 12, true);
      const length = word % moreFollows;
      at += headerBytes;
      if (length > frame.length - at) {
        throw this.#bad(`a message of ${length} bytes of which ${frame.length - at} are there`, address);
      }
      this.#piece(address, frame.subarray(at, at + length), word >= moreFollows);
      at += length;
    }
  }

  #address(view: DataView, at: number): Address {
    const step = view.getUint32(at, true);
    const index = view.getUint32(at + 4, true);
    const path = view.getUint32(at + 8, true);
    if (index > maxIndex || path > maxPath)
      throw this.#bad(`an impossible address, index ${index}, path ${path}`);
    return { step, index, path };
  }

  #piece(address: Address, bytes: Uint8Array, more: boolean): void {
    const partial = this.#partial;
    if (partial === undefined && !more) {
      this.deliver(address, own(bytes));
      return;
    }
    if (more && bytes.length !== pieceBytes) throw this.#bad(`a piece of ${bytes.length} bytes`, address);
    const whole = partial ?? { address, parts: [], size: 0 };
    if (!same(whole.address, address))
      throw this.#bad('another message before the last one was complete', address);
    whole.parts.push(bytes);
    whole.size += bytes.length;
    if (whole.size > maxMessageBytes) {
      throw new TriadError(
        'limit',
        `party ${this.party} sent a message of more than ${maxMessageBytes} bytes`,
        {
          party: this.party,
          op: formatAddress(address),
          remedy: 'send it in parts',
        },
      );
    }
    this.#partial = more ? whole : undefined;
    if (!more) this.deliver(address, join(whole));
  }

  #bad(what: string, address?: Address): TriadError {
    return new TriadError('bad-message', `party ${this.party} sent ${what}`, {
      party: this.party,
      ...(address && { op: formatAddress(address) }),
      remedy: 'check that it runs the same version, and that nobody else can reach the port',
    });
  }
}

const same = (a: Address, b: Address): boolean =>
  a.step === b.step && a.index === b.index && a.path === b.path;

/** A view keeps all memory it was cut from: worth it only when it is most of that. */
const own = (bytes: Uint8Array): Uint8Array =>
  bytes.length * 2 < bytes.buffer.byteLength
    ? new Uint8Array(bytes)
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);

const join = ({ parts, size }: Unfinished): Uint8Array => {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
