import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bilinear, Tensor } from '@triad/ring';
import { type Reference, timed } from './case.js';

/**
 * A blocked product of matrices of 64-bit words: panels of B packed 256 rows by 8 columns, a kernel of 4 by 8 accumulators
 * that gcc turns into AVX2. Prints the median seconds of 9 runs.
 */
const source = `
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
enum { KC = 256, MR = 4, NR = 8 };
static void kernel(int kc, const uint64_t *restrict a, int lda, const uint64_t *restrict b, uint64_t *restrict c, int ldc) {
  uint64_t acc[MR][NR] = {{0}};
  for (int k = 0; k < kc; k++)
    for (int i = 0; i < MR; i++) {
      uint64_t s = a[i * lda + k];
      for (int j = 0; j < NR; j++) acc[i][j] += s * b[k * NR + j];
    }
  for (int i = 0; i < MR; i++)
    for (int j = 0; j < NR; j++) c[i * ldc + j] += acc[i][j];
}
static void gemm(int m, int n, int k, const uint64_t *a, const uint64_t *b, uint64_t *c, uint64_t *packed) {
  for (int k0 = 0; k0 < k; k0 += KC) {
    int kc = k - k0 < KC ? k - k0 : KC;
    for (int j = 0; j < n; j += NR)
      for (int l = 0; l < kc; l++) memcpy(packed + (j / NR * kc + l) * NR, b + (size_t)(k0 + l) * n + j, NR * 8);
    for (int i = 0; i < m; i += MR)
      for (int j = 0; j < n; j += NR)
        kernel(kc, a + (size_t)i * k + k0, k, packed + (size_t)(j / NR) * kc * NR, c + (size_t)i * n + j, n);
  }
}
static int order(const void *x, const void *y) {
  double d = *(const double *)x - *(const double *)y;
  return (d > 0) - (d < 0);
}
int main(int argc, char **argv) {
  int m = atoi(argv[1]), k = atoi(argv[2]), n = atoi(argv[3]);
  uint64_t *a = malloc((size_t)m * k * 8), *b = malloc((size_t)k * n * 8), *c = malloc((size_t)m * n * 8);
  uint64_t *packed = malloc((size_t)KC * n * 8), state = 1;
  for (int i = 0; i < m * k; i++) a[i] = state = state * 6364136223846793005u + 1442695040888963407u;
  for (int i = 0; i < k * n; i++) b[i] = state = state * 6364136223846793005u + 1442695040888963407u;
  double seconds[9];
  for (int run = -2; run < 9; run++) {
    struct timespec start, end;
    memset(c, 0, (size_t)m * n * 8);
    clock_gettime(CLOCK_MONOTONIC, &start);
    gemm(m, n, k, a, b, c, packed);
    clock_gettime(CLOCK_MONOTONIC, &end);
    if (run >= 0) seconds[run] = end.tv_sec - start.tv_sec + 1e-9 * (end.tv_nsec - start.tv_nsec);
  }
  qsort(seconds, 9, sizeof *seconds, order);
  fprintf(stderr, "%llu", (unsigned long long)c[m * n - 1]);
  printf("%.9f", seconds[4]);
}
`;

const execute = promisify(execFile);

/** One product of matrices on one core: by gcc where it is installed, else by a plain loop over bigints. */
export const nativeMatmul = async (extents: readonly [number, number, number]): Promise<Reference> => {
  const folder = await mkdtemp(join(tmpdir(), 'triad-bench-'));
  try {
    await writeFile(join(folder, 'gemm.c'), source);
    const binary = join(folder, 'gemm');
    await execute('gcc', ['-O3', '-mavx2', '-o', binary, join(folder, 'gemm.c')]);
    const { stdout } = await execute(binary, extents.map(String));
    return { name: 'gcc -O3 -mavx2, blocked 4x8, one core', seconds: Number(stdout) };
  } catch {
    return { name: 'a loop over BigInt64Array, one core (no gcc with AVX2 here)', seconds: scalar(extents) };
  } finally {
    await rm(folder, { recursive: true });
  }
};

const scalar = ([m, k, n]: readonly [number, number, number]): number => {
  const [a, b, c] = [m * k, k * n, m * n].map((size) => new BigInt64Array(size).fill(3n)) as [
    BigInt64Array,
    BigInt64Array,
    BigInt64Array,
  ];
  return timed(1, () => {
    for (let i = 0; i < m; i++) {
      for (let l = 0; l < k; l++) {
        const s = a[i * k + l]!;
        for (let j = 0; j < n; j++) c[i * n + j]! += s * b[l * n + j]!;
      }
    }
  });
};

/** Seconds of ring's product, one core: the kernel alone. */
export const ringMatmul = ([m, k, n]: readonly [number, number, number], runs: number): number[] => {
  const sample = (shape: readonly number[]) => {
    const size = shape[0]! * shape[1]!;
    return Tensor.from(
      shape,
      Array.from({ length: size }, (_, i) => BigInt(i) * 0x9e3779b97f4a7c15n),
    );
  };
  const [x, y, z] = [sample([m, k]), sample([k, n]), Tensor.zeros([m, n])];
  const product = bilinear.matmul();
  for (let i = 0; i < 4; i++) product.apply(x, y, z);
  const seconds = Array.from({ length: runs }, () => timed(1, () => void product.apply(x, y, z)));
  for (const tensor of [x, y, z]) tensor.dispose();
  return seconds;
};
