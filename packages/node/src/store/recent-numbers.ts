/** The last single numbers a job has revealed, such as losses: to be looked at while it goes on. */
import { TriadError } from '@triad/protocol';
import type { ResultRecord } from './result-log.js';

/** Units whose numbers are shown, at most. */
const mostUnits = 1000;
/** Numbers that are shown, about. */
const mostNumbers = 2 ** 14;

/** Units whose numbers are shown of a job whose units have so many reveals: the same at all nodes. */
export const shownUnits = (reveals: number): number =>
  Math.max(1, Math.min(mostUnits, Math.floor(mostNumbers / Math.max(1, reveals))));

export class RecentNumbers {
  #records: ResultRecord[] = [];
  /** Units before it are settled; nothing is known of those before `#from`. */
  #settled = 0;
  #from = 0;

  add(record: ResultRecord): void {
    if (record.shape.length > 0 || record.unit < this.#from) return;
    // Words may be a part of much more that was read.
    this.#records.push({ ...record, words: record.words.slice() });
  }

  /** Begins anew where the units before one are settled. */
  restart(settled: number): void {
    this.#records = [];
    this.#settled = settled;
    this.#from = Math.max(0, settled - 2 * mostUnits);
  }

  /** Units before one are settled now. Whoever asks may not have heard: what was shown before is kept. */
  settle(unit: number): void {
    this.#from = Math.max(this.#from, Math.min(this.#settled, unit - mostUnits) - mostUnits);
    this.#settled = unit;
    this.#records = this.#records.filter((record) => record.unit >= this.#from);
  }

  /** What so many units before one have revealed to a role. Throws `bad-argument` when that is not known any more. */
  of(to: string, until: number, units: number): readonly ResultRecord[] {
    const first = Math.max(0, until - units);
    if (first < this.#from)
      throw new TriadError(
        'bad-argument',
        `what was revealed before unit ${this.#from} is not kept at hand`,
        {
          remedy: 'ask again',
        },
      );
    return this.#records.filter(({ to: role, unit }) => role === to && unit < until && unit >= first);
  }
}
