import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{packages,plugins}/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A machine may be slow, and what is waited for comes none the less.
    expect: { poll: { timeout: 10_000 } },
    maxWorkers: 2,
  },
});
