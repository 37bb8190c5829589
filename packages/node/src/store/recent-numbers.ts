/** The last single numbers a job has revealed, such as losses: to be looked at while it goes on. */
import type { ResultRecord } from './result-log.js';

/** Units whose numbers are shown. */
export const shownUnits = 1000;
/** Numbers in memory, at most. */
const most = 2 ** 14;

export class RecentNumbers {
  #records: ResultRecord[] = [];

  add(record: ResultRecord): void {
    if (record.shape.length > 0) return;
    this.#records.push(record);
    if (this.#records.length > 2 * most) this.#records = this.#records.slice(-most);
  }

  clear(): void {
    this.#records = [];
  }

  /** What the `shownUnits` units before one have revealed to a role. */
  of(to: string, until: number): readonly ResultRecord[] {
    return this.#records.filter(
      (record) => record.to === to && record.unit < until && record.unit >= until - shownUnits,
    );
  }
}
