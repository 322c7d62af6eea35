import { expect, test, vi } from 'vitest';
import { replay } from './replay.ts';

// Thousands of requests over TLS: seconds on a machine that has nothing else to do.
vi.setConfig({ testTimeout: 180_000 });

test('manifests are decided and stored as the peer decides and stores them, but for what is kept', async () => {
  const { total, agree, differences, stale } = await replay(new AbortController().signal);
  expect(stale).toEqual([]);
  expect(differences.filter((d) => !d.reason)).toEqual([]);
  expect(total).toBeGreaterThan(6000);
  expect(agree).toBeGreaterThan(total - 120);
});
