import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tooling/*.test.mjs'],
    maxWorkers: 2,
    // Slowness of a busy machine is no failure; a hang still ends.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
