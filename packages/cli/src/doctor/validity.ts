/** How long a certificate holds. */
import { type Finding, failed, ok, warning } from './finding.js';

/** From when until when. */
export interface Span {
  readonly from: Date;
  readonly expires: Date;
}

const day = 24 * 60 * 60 * 1000;
/** Days before the end in which it is time for new keys. */
const notice = 7;

export const daysLeft = ({ expires }: Span, now: Date): number => (expires.getTime() - now.getTime()) / day;

/** Whether it holds now, and how soon it will not. */
export const validityOf = ({ from, expires }: Span, now: Date): 'ok' | 'soon' | 'expired' | 'early' => {
  if (now < from) return 'early';
  const left = daysLeft({ from, expires }, now);
  if (left <= 0) return 'expired';
  return left < notice ? 'soon' : 'ok';
};

/** `holds 29.9 days more`, `expired 2.0 days ago`, `holds from 2027-01-01T00:00:00.000Z on`. */
export const describeValidity = (span: Span, now: Date): string => {
  const left = daysLeft(span, now);
  if (now < span.from) return `holds from ${span.from.toISOString()} on`;
  return left > 0 ? `holds ${left.toFixed(1)} days more` : `expired ${(-left).toFixed(1)} days ago`;
};

/** Of a certificate; `whose` begins the sentence. */
export const checkValidity = (check: string, whose: string, span: Span, now: Date): Finding => {
  const what = `${whose} ${describeValidity(span, now)}`;
  const values = { expires: span.expires.toISOString(), days: Number(daysLeft(span, now).toFixed(3)) };
  const remedy = 'make new keys for all roles with `triad keys`, and give each role its folder';
  switch (validityOf(span, now)) {
    case 'ok':
      return ok(check, what, values);
    case 'soon':
      return warning(check, { what, remedy, values });
    case 'expired':
      return failed(check, { what, remedy: `${remedy}; or set this machine's clock`, values });
    case 'early':
      return failed(check, { what, remedy: "set this machine's clock, or wait", values });
  }
};
