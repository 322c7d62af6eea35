import { expect, test } from 'vitest';
import type { CommonStatus, KubeObject } from '../api/meta.ts';
import { begin, finish } from './envelope.ts';

type Object = KubeObject & { status?: CommonStatus };
const of = (status?: CommonStatus): Object => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'x', namespace: 'default', generation: 2 },
  ...(status ? { status } : {}),
});
const conditions = ['Ready', 'A', 'B'] as const;

test('a new object is not ready, and nobody has looked at it', () => {
  const cached = of();
  expect(begin({ conditions }, cached).status?.conditions).toEqual([
    { type: 'A', status: 'Unknown' },
    { type: 'B', status: 'Unknown' },
    { type: 'Ready', status: 'Unknown', reason: 'NewObservedGenFailure', message: 'unsuccessfully observed a new generation' },
  ]);
  expect(cached.status).toBeUndefined();
});

test('one that was looked at keeps what it says; a dependent that is new agrees with Ready', () => {
  const ready = { type: 'Ready', status: 'True' as const };
  expect(begin({ conditions }, of({ observedGeneration: 2, conditions: [ready] })).status?.conditions?.map((c) => c.status)).toEqual([
    'True',
    'True',
    'True',
  ]);
});

test('defaults are in what the plan sees, and not in the cache', () => {
  const cached = { ...of(), spec: {} };
  const prepare = (o: Object): Object => ({ ...o, spec: { given: true } });
  expect(begin({ conditions, prepare }, cached).spec).toEqual({ given: true });
  expect(cached.spec).toEqual({});
});

test('a written status speaks of the generation that was looked at; only what changed has a new time', () => {
  const old = '2026-01-01T00:00:00Z';
  const before: CommonStatus = {
    conditions: [
      { type: 'A', status: 'True', lastTransitionTime: old },
      { type: 'B', status: 'True', lastTransitionTime: old },
    ],
  };
  const planned: CommonStatus = {
    observedGeneration: 1,
    conditions: [
      { type: 'A', status: 'True' },
      { type: 'B', status: 'False', reason: 'No' },
    ],
  };
  expect(finish(before, planned, 2, Date.parse('2026-01-02T00:00:00.789Z'))).toEqual({
    observedGeneration: 2,
    conditions: [
      { type: 'A', status: 'True', lastTransitionTime: old },
      { type: 'B', status: 'False', reason: 'No', lastTransitionTime: '2026-01-02T00:00:00Z' },
    ],
  });
});
