// Kernels over 64-bit words at byte addresses; counts are words unless said. No static data, no allocation: every
// package's kernels share one memory and only ring's allocator hands out addresses.
export * from './elementwise';
export * from './layout';
export * from './reduce';
export * from './window';
export * from './gemm';
export * from './bit-plane';
export * from './fixed-point';
export * from './aes';
