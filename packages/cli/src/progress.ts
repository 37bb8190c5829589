import { clearLine, cursorTo } from 'node:readline';

/** How far a training is. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
}

export const isProgress = (record: unknown): record is Progress =>
  typeof record === 'object' &&
  record !== null &&
  'epoch' in record &&
  'epochs' in record &&
  'loss' in record;

const width = 24;

/** `epoch  7/20  ########----  loss 31.402` */
export const formatProgress = ({ epoch, epochs, loss }: Progress): string => {
  const filled = Math.round((width * epoch) / epochs);
  const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
  const number = String(epoch).padStart(String(epochs).length);
  return `epoch ${number}/${epochs}  ${bar}  loss ${loss.toFixed(3)}`;
};

/** Where progress is shown: `process.stdout`, for instance. */
export interface Terminal extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
}

/** Shows progress: one line that changes on a terminal, a line each where output is piped. */
export const showProgress = (stream: Terminal, progress: Progress): void =>
  showLine(stream, formatProgress(progress), progress.epoch === progress.epochs);

/** Shows a line that takes the place of the one before on a terminal, where the last one stays. */
export const showLine = (stream: Terminal, line: string, last: boolean): void => {
  if (!stream.isTTY) {
    stream.write(`${line}\n`);
    return;
  }
  cursorTo(stream, 0);
  clearLine(stream, 0);
  stream.write(line);
  if (last) stream.write('\n');
};
