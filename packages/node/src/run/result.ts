/** What a job revealed to one result party, as one file of this node's shares. */
import { aby3 } from '@triad/aby3';
import { encodeDeposits, type StoredParts } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import type { ResultLog, ResultRecord } from '../store/result-log.js';
import { type Joint, jointOf } from '../work/joint.js';
import type { Schedule } from '../work/schedule.js';

/** How values are put together, and as whose share of which moment. */
export interface ResultForm {
  readonly schedule: Schedule;
  readonly party: number;
  /** 32 hexadecimal digits: files with the same go together. */
  readonly id: string;
}

/** The files by recipient. */
export const resultFiles = async (log: ResultLog, form: ResultForm): Promise<Map<string, Uint8Array>> => {
  const found = new Map<string, ResultRecord[]>();
  for await (const record of log.records()) {
    const own = found.get(record.to) ?? [];
    found.set(record.to, own);
    own.push(record);
  }
  return new Map([...found].map(([to, records]) => [to, fileOf(records, form)]));
};

/** One file of some records. */
export const fileOf = (records: readonly ResultRecord[], { schedule, party, id }: ResultForm): Uint8Array => {
  const series = new Map<string, ResultRecord[]>();
  for (const record of records.toSorted((a, b) => a.unit - b.unit)) {
    const own = series.get(record.name) ?? [];
    series.set(record.name, own);
    own.push(record);
  }
  const scheme = aby3();
  const values = [...series].map(
    ([name, own]) => [name, join(own, jointOf(schedule, name), scheme.parts!.count)] as const,
  );
  return encodeDeposits(scheme, { party, id }, new Map(values));
};

const join = (records: readonly ResultRecord[], joint: Joint, count: number): StoredParts => {
  const [first] = records as [ResultRecord];
  if (joint === 'single') return first;
  const shapes = records.map(({ shape }) => (joint === 'rows' ? shape : [1, ...shape]));
  const rows = shapes.reduce((n, shape) => n + shape[0]!, 0);
  const [, ...rest] = shapes[0]!;
  if (!shapes.every((shape) => shape.slice(1).join() === rest.join()))
    throw new TriadError('mismatch', `'${first.name}' has values of several shapes`, {
      remedy: 'cancel the job',
    });
  const words = new Uint8Array(records.reduce((n, record) => n + record.words.length, 0));
  let at = 0;
  for (let part = 0; part < count; part++) {
    for (const record of records) {
      const length = record.words.length / count;
      words.set(record.words.subarray(part * length, (part + 1) * length), at);
      at += length;
    }
  }
  return { shape: [rows, ...rest], words };
};
