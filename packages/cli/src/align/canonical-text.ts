/**
 * The text by which a stored value of Parquet is compared with keys of other owners, and written to CSV:
 * - texts: themselves, in UTF-8, without any normalisation;
 * - integers of any width, and floating-point numbers that are whole: decimal digits, `-` in front of negative ones;
 * - decimals: all digits of their scale behind the point, `12.50`;
 * - booleans: `true`, `false`; UUIDs: lower case with hyphens; dates: `2026-01-31`;
 * - timestamps: `2026-01-31T12:00:00.5`, with the fraction's last zeros left out, and `Z` where they are of UTC.
 */
import type { SchemaElement } from 'hyparquet';

/** The text of a stored value; undefined for one that has none. */
export type TextOf = (value: unknown) => string | undefined;

/** How values of a column become text; undefined for columns whose values have none that everybody would write the same. */
export const textOf = (element: SchemaElement): TextOf | undefined => {
  const { type, num_children, repetition_type } = element;
  if (num_children !== undefined || repetition_type === 'REPEATED') return undefined;
  const meaning = element.logical_type?.type ?? element.converted_type;
  if (meaning !== undefined && meaning in byMeaning) return byMeaning[meaning]!(element);
  if (meaning !== undefined) return undefined;
  return byType[type ?? ''];
};

const integer: TextOf = (value) =>
  typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;

/** Stored integers are signed. */
const unsigned =
  (bits: number): TextOf =>
  (value) =>
    typeof value === 'number' || typeof value === 'bigint'
      ? String(BigInt.asUintN(bits, BigInt(value)))
      : undefined;

const whole: TextOf = (value) => (Number.isSafeInteger(value) ? String(value === 0 ? 0 : value) : undefined);

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const text: TextOf = (value) => {
  if (!(value instanceof Uint8Array)) return undefined;
  try {
    return decoder.decode(value);
  } catch {
    return undefined;
  }
};

const uuid: TextOf = (value) =>
  value instanceof Uint8Array && value.length === 16
    ? Buffer.from(value)
        .toString('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    : undefined;

const decimal =
  (scale: number): TextOf =>
  (value) => {
    const units = value instanceof Uint8Array ? bigEndian(value) : integerOf(value);
    if (units === undefined) return undefined;
    const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
    const point = digits.length - scale;
    const sign = units < 0n ? '-' : '';
    return scale === 0 ? sign + digits : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  };

const bigEndian = (bytes: Uint8Array): bigint =>
  bytes.length === 0
    ? 0n
    : BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));

const integerOf = (value: unknown): bigint | undefined =>
  typeof value === 'number' || typeof value === 'bigint' ? BigInt(value) : undefined;

const millisPerDay = 86_400_000;

const date: TextOf = (value) =>
  typeof value === 'number' ? isoOf(value * millisPerDay)?.slice(0, -'T00:00:00.000Z'.length) : undefined;

/** Undefined beyond the years that have a date. */
const isoOf = (millis: number): string | undefined =>
  Math.abs(millis) <= 8.64e15 ? new Date(millis).toISOString() : undefined;

const digitsOf: Readonly<Record<string, number>> = { MILLIS: 3, MICROS: 6, NANOS: 9 };

const timestamp =
  (unit: string, zone: string): TextOf =>
  (value) => {
    const units = integerOf(value);
    const digits = digitsOf[unit];
    if (units === undefined || digits === undefined) return undefined;
    const second = 10n ** BigInt(digits);
    const fraction = ((units % second) + second) % second;
    const iso = isoOf(Number((units - fraction) / second) * 1000);
    const behind = String(fraction).padStart(digits, '0').replace(/0+$/, '');
    return iso && `${iso.slice(0, -'.000Z'.length)}${behind === '' ? '' : `.${behind}`}${zone}`;
  };

const timestampOf = ({ logical_type }: SchemaElement): TextOf =>
  logical_type?.type === 'TIMESTAMP'
    ? timestamp(logical_type.unit, logical_type.isAdjustedToUTC ? 'Z' : '')
    : () => undefined;

const integerOfWidth = ({ logical_type }: SchemaElement): TextOf =>
  logical_type?.type === 'INTEGER' && !logical_type.isSigned ? unsigned(logical_type.bitWidth) : integer;

const byMeaning: Readonly<Record<string, (element: SchemaElement) => TextOf>> = {
  STRING: () => text,
  UTF8: () => text,
  ENUM: () => text,
  UUID: () => uuid,
  INTEGER: integerOfWidth,
  INT_8: () => integer,
  INT_16: () => integer,
  INT_32: () => integer,
  INT_64: () => integer,
  UINT_8: () => unsigned(8),
  UINT_16: () => unsigned(16),
  UINT_32: () => unsigned(32),
  UINT_64: () => unsigned(64),
  DECIMAL: ({ logical_type, scale }) =>
    decimal((logical_type?.type === 'DECIMAL' ? logical_type.scale : scale) ?? 0),
  DATE: () => date,
  TIMESTAMP: timestampOf,
  TIMESTAMP_MILLIS: () => timestamp('MILLIS', 'Z'),
  TIMESTAMP_MICROS: () => timestamp('MICROS', 'Z'),
};

const byType: Readonly<Record<string, TextOf>> = {
  BOOLEAN: (value) => (typeof value === 'boolean' ? String(value) : undefined),
  INT32: integer,
  INT64: integer,
  INT96: timestamp('NANOS', 'Z'),
  FLOAT: whole,
  DOUBLE: whole,
  BYTE_ARRAY: text,
};
