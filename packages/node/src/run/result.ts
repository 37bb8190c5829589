/** What a job revealed to one result party, as one file of this node's shares. */
import { aby3 } from '@triad/aby3';
import { encodeDeposits, type StoredParts } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import type { ResultLog, ResultRecord } from '../store/result-log.js';
import { type Joint, jointOf } from '../work/joint.js';
import type { Schedule } from '../work/schedule.js';

/** The files by recipient. `id` names the attempt: files of one attempt go together. */
export const resultFiles = async (
  log: ResultLog,
  { schedule, party, id }: { readonly schedule: Schedule; readonly party: number; readonly id: string },
): Promise<Map<string, Uint8Array>> => {
  const found = new Map<string, Map<string, ResultRecord[]>>();
  for await (const record of log.records()) {
    const series = found.get(record.to) ?? new Map<string, ResultRecord[]>();
    found.set(record.to, series);
    series.set(record.name, [...(series.get(record.name) ?? []), record]);
  }
  const scheme = aby3();
  const count = scheme.parts!.count;
  return new Map(
    [...found].map(([to, series]) => {
      const values = [...series].map(([name, records]) => {
        const sorted = records.sort((a, b) => a.unit - b.unit);
        return [name, join(sorted, jointOf(schedule, name), count)] as const;
      });
      return [to, encodeDeposits(scheme, { party, id }, new Map(values))];
    }),
  );
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
