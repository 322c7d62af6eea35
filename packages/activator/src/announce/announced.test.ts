import type { Endpoints, KubeService, Pod } from '@ebb/shared/api/builtin.ts';
import type { Revision } from '@ebb/shared/api/kinds.ts';
import { labels } from '@ebb/shared/api/labels.ts';
import { cleanUp, onCleanUp } from '@ebb/shared/testing/http.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Registry } from '../revisions/registry.ts';
import { podIndexes } from '../revisions/watch.ts';
import { MemoryCache } from '../testing.ts';
import { Allowance } from './allowance.ts';
import { answerFrom } from './pod-answer.ts';

const key = 'default/hello';

/** A registry with one revision, and the destinations it asks. */
function world() {
  const sources = {
    revisions: new MemoryCache<Revision>(),
    endpoints: new MemoryCache<Endpoints>({ revision: () => [] }),
    services: new MemoryCache<KubeService>(),
    pods: new MemoryCache<Pod>(podIndexes),
  };
  sources.revisions.set({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: { namespace: 'default', name: 'hello', uid: '1' },
    spec: { containers: [{ name: 'user-container' }] },
  });
  const asked: [string, string | undefined][] = [];
  const registry = new Registry(sources, {
    podIP: '10.1.1.1',
    clock: { now: () => 0 },
    onHeld: () => undefined,
    onColdStart: () => undefined,
    prober: () => ({
      mesh: { mode: 'auto', passthrough: false },
      frequencyMs: 200,
      eagerMs: 25,
      announcedMs: () => 5,
      probe: async (dest, _signal, announced) => {
        asked.push([dest, announced]);
        return 'ready';
      },
    }),
  });
  onCleanUp(() => registry.close());
  const pod = (uid: string, status: Pod['status'] = {}, more: Partial<Pod['metadata']> = {}) =>
    sources.pods.set({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'default', name: `pod-${uid}`, uid, labels: { [labels.revision]: 'hello' }, ...more },
      status,
    });
  const announce = (uid: string, address: string) => registry.announced.add(key, { pod: `pod-${uid}`, uid, address });
  const capacity = () => registry.get(key)?.throttle.capacity;
  return { sources, registry, asked, pod, announce, capacity, announced: () => registry.announced.of(key).map((a) => a.uid) };
}

let w: ReturnType<typeof world>;
beforeEach(() => {
  vi.useFakeTimers();
  w = world();
});
afterEach(async () => {
  await cleanUp();
  vi.useRealTimers();
});
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a pod that announced itself', () => {
  test('is asked as the one it says it is, and serves', async () => {
    w.pod('a');
    w.announce('a', '10.0.0.1');
    await settle();
    expect(w.asked).toEqual([['10.0.0.1:8012', 'pod-a']]);
    expect(w.capacity()).toBe(Number.POSITIVE_INFINITY);
  });

  test('serves on without being asked again when the API shows it', async () => {
    w.pod('a');
    w.announce('a', '10.0.0.1');
    await settle();
    w.pod('a', { podIP: '10.0.0.1', phase: 'Running' });
    await settle();
    expect([w.announced(), w.asked.length, w.capacity()]).toEqual([[], 1, Number.POSITIVE_INFINITY]);
  });

  test.each<[string, (pod: ReturnType<typeof world>) => void]>([
    ['it is deleted', ({ sources }) => sources.pods.remove('default', 'pod-a')],
    ['it is on its way out', ({ pod }) => pod('a', {}, { deletionTimestamp: 'now' })],
    ['it failed', ({ pod }) => pod('a', { phase: 'Failed' })],
    ['the API shows it somewhere else', ({ pod }) => pod('a', { podIP: '10.0.0.2' })],
    ['another answers at its address', ({ registry }) => registry.announced.refute(key, 'pod-a')],
    ['the API does not show it for half a minute', () => vi.advanceTimersByTime(30_000)],
  ])('is forgotten when %s', async (_, happen) => {
    w.pod('a');
    w.announce('a', '10.0.0.1');
    await settle();
    happen(w);
    expect(w.announced()).toEqual([]);
    w.sources.pods.remove('default', 'pod-a');
    expect(w.capacity()).toBe(0);
  });

  test('has one address, the last', async () => {
    w.pod('a');
    w.announce('a', '10.0.0.1');
    vi.advanceTimersByTime(20_000);
    w.announce('a', '10.0.0.2');
    vi.advanceTimersByTime(20_000);
    expect(w.registry.announced.of(key)).toEqual([{ pod: 'pod-a', uid: 'a', address: '10.0.0.2' }]);
  });

  test('is not taken in when the API shows it already', () => {
    w.pod('a', { podIP: '10.0.0.1' });
    w.announce('a', '10.0.0.9');
    expect(w.announced()).toEqual([]);
  });

  test('is asked every 5 ms; many are asked so often that it is one question a millisecond in all', () => {
    expect(w.registry.announced.paceMs).toBe(5);
    for (let i = 0; i < 5; i++) w.announce(`${i}`, `10.0.0.${i}`);
    expect(w.registry.announced.paceMs).toBe(5);
    for (let i = 5; i < 20; i++) w.announce(`${i}`, `10.0.0.${i}`);
    w.announce('19', '10.0.1.1');
    expect(w.registry.announced.paceMs).toBe(20);
    for (let i = 3; i < 20; i++) w.registry.announced.refute(key, `pod-${i}`);
    expect(w.registry.announced.paceMs).toBe(5);
  });

  test('leaves a revision that is not there alone', () => {
    w.pod('a');
    w.registry.announced.add('default/other', { pod: 'pod-a', uid: 'a', address: '10.0.0.1' });
    expect(w.asked).toEqual([]);
  });
});

describe("a pod's answer", () => {
  const answer = { 'ebb-pod': 'default/pod-a', 'ebb-pod-start': 'sandbox=310, started=95, ready=2' };
  test('counts when the pod is the one that was announced, and tells of its start', () => {
    w.pod('a');
    w.announce('a', '10.0.0.1');
    const marked: [string, number][] = [];
    const revision = w.registry.get(key)!;
    vi.spyOn(revision, 'mark').mockImplementation((phase, agoMs = 0) => void marked.push([phase, agoMs]));
    expect(answerFrom(w.registry, revision, 'pod-a')(answer)).toBe(true);
    expect(marked).toEqual([
      ['sandbox', 310],
      ['started', 95],
      ['ready', 2],
    ]);
    expect(w.announced()).toEqual(['a']);
  });

  test.each([
    ['another pod', { ...answer, 'ebb-pod': 'default/pod-b' }],
    ['a pod of that name elsewhere', { ...answer, 'ebb-pod': 'other/pod-a' }],
    ['nobody who says so', {}],
  ])('does not count from %s, and its announcement is forgotten', (_, headers) => {
    w.pod('a');
    w.announce('a', '10.0.0.1');
    expect(answerFrom(w.registry, w.registry.get(key)!, 'pod-a')(headers)).toBe(false);
    expect(w.announced()).toEqual([]);
  });

  test.each([{}, { 'ebb-pod-start': 'nonsense' }, { 'ebb-pod-start': 'ready=-1, started=1e9, sandbox=, xready=3' }])(
    'of a pod the API shows counts whatever it says: %o',
    (headers) => {
      expect(answerFrom(w.registry, w.registry.get(key)!)(headers)).toBe(true);
    },
  );
});

describe('reviews', () => {
  test('are so many a pod and window', () => {
    const allowance = new Allowance(0);
    expect([1, 2, 3, 4, 5, 6].map(() => allowance.take('a', 1_000))).toEqual([0, 0, 0, 0, 0, 10_000]);
    expect(allowance.take('a', 10_500)).toBe(500);
    expect(allowance.take('b', 1_000)).toBe(0);
    expect(allowance.take('a', 11_000)).toBe(0);
  });

  test('are so many a second over all pods', () => {
    const allowance = new Allowance(0);
    const taken = (from: number, now: number) =>
      Array.from({ length: 300 }, (_, i) => allowance.take(`${from + i}`, now)).filter((wait) => wait === 0).length;
    expect(taken(0, 0)).toBe(200);
    expect(allowance.take('later', 0)).toBe(20);
    expect(taken(1_000, 1_000)).toBe(50);
    expect(taken(2_000, 100_000)).toBe(200);
  });
});
