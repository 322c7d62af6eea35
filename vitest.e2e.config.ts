import { defineConfig } from 'vitest/config';

/** Behaviours on the local cluster, one after the other: they share its machine. */
export default defineConfig({
  test: {
    include: ['e2e/tests/**/*.ts'],
    exclude: ['e2e/tests/support/**'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    retry: 0,
  },
});
