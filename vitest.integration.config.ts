import { defineConfig } from 'vitest/config';

/** Tests against real parts (etcd, kube-apiserver, nats-server) without a node. One file at a time: they start processes. */
export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.integration.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
