/** A work as a list of units, so that a place in it is a number. */
import { TriadError } from '@triad/protocol';
import { type Cost, costs } from './cost.js';
import type { Pass } from './order.js';
import type { ParsedRun, ParsedWork } from './parsed.js';
import { type ExposureStage, isRun } from './work.js';

/** One stage, and which units it has; rows and columns are 0 where it has no inputs. */
export interface Span extends Cost, Pass {
  readonly stage: ParsedRun | ExposureStage;
  readonly index: number;
  /** Runs of an epoch. */
  readonly runs: number;
  /** Its first unit, and the one after its last. */
  readonly start: number;
  readonly end: number;
  /** Earlier runs of its program, in stages before. */
  readonly before: number;
}

/** Rows and columns of an input: those of its data sets, one below the other. */
export type Table = Pick<Pass, 'rows' | 'columns'>;

export interface Schedule {
  readonly spans: readonly Span[];
  readonly units: number;
}

/** How many units there may be. */
const maxUnits = 2 ** 31;

/** Throws `mismatch` where the inputs of a stage have different numbers of rows, `limit` for more than 2^31 runs, and see `costs`. */
export const schedule = ({ stages }: ParsedWork, tableOf: (input: string) => Table): Schedule => {
  const spans: Span[] = [];
  const counts = new Map<string, number>();
  const costOf = costs();
  let start = 0;
  for (const [index, stage] of stages.entries()) {
    const { rows, columns } = isRun(stage) ? jointTable(stage, index, tableOf) : none;
    const batch = isRun(stage) ? Math.min(stage.batch ?? rows, rows) : 0;
    const cost = isRun(stage) ? costOf(stage, index, batch) : { elements: 0, rounds: 0 };
    const last = rows > 0 ? rows % batch : 0;
    if (isRun(stage) && last > 0) costOf(stage, index, last);
    const runs = isRun(stage) && rows > 0 ? Math.ceil(rows / batch) : 1;
    const units = isRun(stage) ? runs * (stage.epochs ?? 1) : 1;
    const key = isRun(stage) ? stage.program : '';
    const before = counts.get(key) ?? 0;
    spans.push({ stage, index, rows, columns, batch, runs, ...cost, start, end: start + units, before });
    counts.set(key, before + units);
    start += units;
    if (start > maxUnits)
      throw new TriadError('limit', `the work has more than ${maxUnits} runs`, {
        remedy: 'use larger batches',
      });
  }
  return { spans, units: start };
};

const none: Table = { rows: 0, columns: 0 };

/** The inputs of a stage, side by side. */
const jointTable = (stage: ParsedRun, index: number, tableOf: (input: string) => Table): Table => {
  const found = Object.values(stage.feed).map((input) => ({ input, ...tableOf(input) }));
  const [first] = found;
  if (first === undefined) return none;
  const other = found.find(({ rows }) => rows !== first.rows);
  if (other === undefined)
    return { rows: first.rows, columns: found.reduce((sum, { columns }) => sum + columns, 0) };
  throw new TriadError(
    'mismatch',
    `stage ${index}: '${first.input}' has ${first.rows} rows, '${other.input}' ${other.rows}`,
    { remedy: 'feed inputs whose rows belong together' },
  );
};
