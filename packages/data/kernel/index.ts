// Rows of CSV whose wanted cells are plain numbers, or texts without quotes. Whatever else a row has makes the kernel stop in front of it.

const comma: u32 = 0x2c;
const quote: u32 = 0x22;
const lineFeed: u32 = 0x0a;
const carriageReturn: u32 = 0x0d;
const point: u32 = 0x2e;
const minus: u32 = 0x2d;
const zero: u32 = 0x30;

/** So many digits are a whole number that a double has exactly. */
const exactDigits: usize = 15;
/** Fixed point with 16 bits of fraction holds what is below. */
const bound: f64 = 140737488355328.0;

// @ts-ignore: decorator
@inline
function isBreak(byte: u32): bool {
  return byte == lineFeed || byte == carriageReturn;
}

/** Behind the cell at `at`, which is not wanted; 0 for one that begins with a quote. */
// @ts-ignore: decorator
@inline
function skipCell(at: usize, end: usize): usize {
  if (load<u8>(at) == quote) return 0;
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte == comma || isBreak(byte)) break;
    at++;
  }
  return at;
}

/**
 * Reads whole rows from `at` on, up to `most` of them and not beyond `end`, into rows of `width` doubles at `out`. Column c goes to place c of
 * `places`, multiplied by scale c; `powers` has 1, 10, 100 and so on up to 10^15. Place -1 is nowhere; of a column with place -2 the address of the
 * cell and of its end go to `texts`, as two words, row by row. Returns how many rows; `rest` gets the address behind them. A row is left to the caller
 * when a number has more than 15 digits or is none, or is 2^47 or more in magnitude, and when a text has quotes.
 */
export function numberRows(
  at: usize, end: usize, out: usize, columns: i32, places: usize, scales: usize, powers: usize,
  texts: usize, width: i32, most: i32, rest: usize,
): i32 {
  let rows = 0;
  let start = at;
  while (rows < most) {
    while (at < end && isBreak(load<u8>(at))) at++;
    start = at;
    let text = texts;
    let column = 0;
    for (; column < columns; column++) {
      if (at >= end) break;
      const place = load<i32>(places + (<usize>column << 2));
      if (place < 0) {
        const from = at;
        at = skipCell(at, end);
        if (at == 0) break;
        if (place == -2) {
          store<u32>(text, <u32>from);
          store<u32>(text, <u32>at, 4);
          text += 8;
        }
      } else {
        const negative = load<u8>(at) == minus;
        if (negative) at++;
        const from = at;
        let whole: u64 = 0;
        let digit = <u32>load<u8>(at) - zero;
        while (digit <= 9) {
          whole = whole * 10 + digit;
          digit = <u32>load<u8>(++at) - zero;
        }
        let digits = at - from;
        let power: usize = 0;
        if (digit + zero == point) {
          const fraction = ++at;
          digit = <u32>load<u8>(at) - zero;
          while (digit <= 9) {
            whole = whole * 10 + digit;
            digit = <u32>load<u8>(++at) - zero;
          }
          power = at - fraction;
          digits += power;
        }
        if (digits == 0 || digits > exactDigits) break;
        let value = <f64>whole;
        if (power > 0) value /= load<f64>(powers + (power << 3));
        value *= load<f64>(scales + (<usize>column << 3));
        if (!(value < bound)) break;
        store<f64>(out + (<usize>place << 3), negative ? -value : value);
      }
      if (at >= end) break;
      const next = <u32>load<u8>(at);
      if (column + 1 < columns ? next != comma : !isBreak(next)) break;
      at++;
    }
    if (column < columns) break;
    start = at;
    out += <usize>width << 3;
    texts = text;
    rows++;
  }
  store<u32>(rest, <u32>start);
  return rows;
}
