// Sliding windows: x [channels, height, width] <-> columns [channels * kh * kw, oh * ow]. Window (p, q) has its tap (i, j) at row
// p sh - top + i dh and column q sw - left + j dw of the image, or in the padding around it.

/** The first of `count` windows whose tap, at o stride + offset, is not before the image. */
// @ts-ignore: decorator
@inline
function firstInside(offset: i32, stride: i32, count: i32): i32 {
  return offset >= 0 ? 0 : min((stride - 1 - offset) / stride, count);
}

/** One past the last of `count` windows whose tap is before the end of the image, `n`; not before `first`. */
// @ts-ignore: decorator
@inline
function endInside(offset: i32, stride: i32, count: i32, n: i32, first: i32): i32 {
  return offset >= n ? first : max(first, min((n - 1 - offset) / stride + 1, count));
}

export function im2col(
  x: usize, cols: usize, channels: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32,
  sh: i32, sw: i32, top: i32, left: i32, dh: i32, dw: i32,
): void {
  const rowBytes = <usize>ow << 3;
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++) {
        const offset = j * dw - left;
        const first = firstInside(offset, sw, ow);
        const end = endInside(offset, sw, ow, w, first);
        for (let p = 0; p < oh; p++) {
          const row = p * sh - top + i * dh;
          if (<u32>row >= <u32>h || first == end) {
            memory.fill(cols, 0, rowBytes);
          } else {
            const from = x + (<usize>(row * w + first * sw + offset) << 3);
            gatherRow(from, cols, first, end, ow, sw << 3);
          }
          cols += rowBytes;
        }
      }
    }
    x += (<usize>h * w) << 3;
  }
}

/** Zeros but for windows `first` to `end`, whose taps are `step` bytes apart. */
function gatherRow(from: usize, to: usize, first: i32, end: i32, count: i32, step: i32): void {
  const start = to + (<usize>first << 3);
  const stop = to + (<usize>end << 3);
  for (; to < start; to += 8) store<u64>(to, 0);
  for (; to < stop; to += 8) {
    store<u64>(to, load<u64>(from));
    from += step;
  }
  for (const last = stop + (<usize>(count - end) << 3); to < last; to += 8) store<u64>(to, 0);
}

/** Adds every column entry back to where it was read from. */
export function col2im(
  cols: usize, x: usize, channels: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32,
  sh: i32, sw: i32, top: i32, left: i32, dh: i32, dw: i32,
): void {
  const rowBytes = <usize>ow << 3;
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++) {
        const offset = j * dw - left;
        const first = firstInside(offset, sw, ow);
        const end = endInside(offset, sw, ow, w, first);
        for (let p = 0; p < oh; p++) {
          const row = p * sh - top + i * dh;
          if (<u32>row < <u32>h && first != end) {
            const to = x + (<usize>(row * w + first * sw + offset) << 3);
            scatterRow(cols + (<usize>first << 3), to, end - first, sw << 3);
          }
          cols += rowBytes;
        }
      }
    }
    x += (<usize>h * w) << 3;
  }
}

function scatterRow(from: usize, to: usize, count: i32, step: i32): void {
  for (; count > 0; count--) {
    store<u64>(to, load<u64>(to) + load<u64>(from));
    from += 8;
    to += step;
  }
}
