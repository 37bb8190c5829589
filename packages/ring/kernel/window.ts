// Sliding windows: x [channels, height, width] <-> columns [channels * kh * kw, oh * ow].

/** Input row or column `k` of window `o`, or a number outside 0..n-1 where the padding is. */
export function im2col(
  x: usize, cols: usize, channels: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32,
  sh: i32, sw: i32, top: i32, left: i32, dh: i32, dw: i32,
): void {
  let out = cols;
  for (let c = 0; c < channels; c++) {
    const plane = x + ((<usize>c * h * w) << 3);
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++) {
        for (let p = 0; p < oh; p++) {
          const row = p * sh - top + i * dh;
          for (let q = 0; q < ow; q++) {
            const col = q * sw - left + j * dw;
            const inside = <u32>row < <u32>h && <u32>col < <u32>w;
            store<u64>(out, inside ? load<u64>(plane + (<usize>(row * w + col) << 3)) : 0);
            out += 8;
          }
        }
      }
    }
  }
}

/** Adds every column entry back to where it was read from. */
export function col2im(
  cols: usize, x: usize, channels: i32, h: i32, w: i32, kh: i32, kw: i32, oh: i32, ow: i32,
  sh: i32, sw: i32, top: i32, left: i32, dh: i32, dw: i32,
): void {
  let from = cols;
  for (let c = 0; c < channels; c++) {
    const plane = x + ((<usize>c * h * w) << 3);
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++) {
        for (let p = 0; p < oh; p++) {
          const row = p * sh - top + i * dh;
          for (let q = 0; q < ow; q++) {
            const col = q * sw - left + j * dw;
            if (<u32>row < <u32>h && <u32>col < <u32>w) {
              const at = plane + (<usize>(row * w + col) << 3);
              store<u64>(at, load<u64>(at) + load<u64>(from));
            }
            from += 8;
          }
        }
      }
    }
  }
}
