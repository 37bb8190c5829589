import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['environments/*.test.ts'],
    globalSetup: ['environments/pack.ts'],
    // Two consumers at a time: each is an npm install, a compiler or a bundler of its own.
    maxConcurrency: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
