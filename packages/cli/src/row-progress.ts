import { showLine, type Terminal } from './progress.js';
import { formatCount } from './quantity.js';

/** How far work on the rows of a file is. */
export interface RowProgress {
  readonly stage: string;
  readonly rows: number;
  /** Of how many, where that is known. */
  readonly of?: number;
  /** Rows that were done before the work began. */
  readonly before?: number;
}

/** `matching  4.2 M of 16.8 M rows, 650.0 k/s, 19 s left` */
export const formatRowProgress = ({ stage, rows, of, before = 0 }: RowProgress, seconds: number): string => {
  const rate = (rows - before) / Math.max(seconds, 1e-3);
  const total = of === undefined ? '' : ` of ${formatCount(of)}`;
  const left = of === undefined || rate === 0 ? '' : `, ${Math.ceil((of - rows) / rate)} s left`;
  return `${stage}  ${formatCount(rows)}${total} rows, ${formatCount(rate)}/s${left}`;
};

/** Milliseconds between what is shown. */
const often = 200;
const seldom = 10_000;

/** Shows the progress of stages that follow each other: soon and often on a terminal, every ten seconds elsewhere. */
export const rowProgress = (
  stream: Terminal,
  now: () => number = () => performance.now(),
): ((progress: RowProgress) => void) => {
  const pause = stream.isTTY ? often : seldom;
  let stage: string | undefined;
  let [began, shown] = [0, 0];
  return (progress) => {
    const time = now();
    if (progress.stage !== stage) {
      stage = progress.stage;
      began = shown = time;
    }
    const last = progress.rows === progress.of;
    // What is done at once needs no line.
    if (time - shown < pause && !(last && shown > began)) return;
    shown = time;
    showLine(stream, formatRowProgress(progress, (time - began) / 1000), last);
  };
};
