/** A work as a list of units, so that a place in it is a number. */
import type { Program } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import type { ParsedRun, ParsedWork } from './parsed.js';
import { elementsOf } from './size.js';
import { type ExposureStage, isRun } from './work.js';

/** One stage, and which units it has. */
export interface Span {
  readonly stage: ParsedRun | ExposureStage;
  readonly index: number;
  /** Rows of its inputs, and of a run; 0 where there are none. */
  readonly rows: number;
  readonly batch: number;
  /** Runs of an epoch. */
  readonly runs: number;
  /** Of all values of a run. */
  readonly elements: number;
  /** Its first unit, and the one after its last. */
  readonly start: number;
  readonly end: number;
  /** Earlier runs of its program, in stages before. */
  readonly before: number;
}

export interface Schedule {
  readonly spans: readonly Span[];
  readonly units: number;
}

/** How many units there may be. */
const maxUnits = 2 ** 31;

/** Throws `mismatch` where the inputs of a stage have different numbers of rows, `limit` for more than 2^31 runs, and for values that are too large. */
export const schedule = ({ stages }: ParsedWork, rowsOf: (input: string) => number): Schedule => {
  const spans: Span[] = [];
  const counts = new Map<string, number>();
  const size = memo(elementsOf);
  let start = 0;
  for (const [index, stage] of stages.entries()) {
    const rows = isRun(stage) ? commonRows(stage, index, rowsOf) : 0;
    const batch = isRun(stage) ? Math.min(stage.batch ?? rows, rows) : 0;
    const elements = isRun(stage) ? size(stage.program, stage.of, Math.max(1, batch)) : 0;
    const runs = isRun(stage) && rows > 0 ? Math.ceil(rows / batch) : 1;
    const units = isRun(stage) ? runs * (stage.epochs ?? 1) : 1;
    const key = isRun(stage) ? stage.program : '';
    const before = counts.get(key) ?? 0;
    spans.push({ stage, index, rows, batch, runs, elements, start, end: start + units, before });
    counts.set(key, before + units);
    start += units;
    if (start > maxUnits)
      throw new TriadError('limit', `the work has more than ${maxUnits} runs`, {
        remedy: 'use larger batches',
      });
  }
  return { spans, units: start };
};

/** Many stages may be alike. */
const memo = (measure: typeof elementsOf) => {
  const known = new Map<string, number>();
  return (name: string, program: Program, rows: number): number => {
    const key = `${name}/${rows}`;
    const size = known.get(key) ?? measure(program, rows);
    known.set(key, size);
    return size;
  };
};

const commonRows = (stage: ParsedRun, index: number, rowsOf: (input: string) => number): number => {
  const found = Object.values(stage.feed).map((input) => ({ input, rows: rowsOf(input) }));
  const [first] = found;
  const other = found.find(({ rows }) => rows !== first?.rows);
  if (other === undefined || first === undefined) return first?.rows ?? 0;
  throw new TriadError(
    'mismatch',
    `stage ${index}: '${first.input}' has ${first.rows} rows, '${other.input}' ${other.rows}`,
    { remedy: 'feed inputs whose rows belong together' },
  );
};
