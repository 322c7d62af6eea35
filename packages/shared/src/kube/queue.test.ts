import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WorkQueue } from './queue.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A queue whose work is finished by the test: `finish(key)`. */
function queueOf(workers: number) {
  const begun: string[] = [];
  const open = new Map<string, () => void>();
  const handle = (key: string) => {
    begun.push(key);
    return new Promise<void>((resolve) => open.set(key, resolve));
  };
  const queue = new WorkQueue({ workers, handle });
  const finish = async (key: string) => {
    open.get(key)?.();
    open.delete(key);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { queue, begun, finish };
}

test('a key waits once, is never handled twice at a time, and comes again when it was added meanwhile', async () => {
  const { queue, begun, finish } = queueOf(2);
  for (let i = 0; i < 3; i++) queue.add('a');
  queue.add('b');
  queue.add('c');
  queue.add('c');
  expect([begun, queue.depth]).toEqual([['a', 'b'], 1]);
  await finish('b');
  expect(begun).toEqual(['a', 'b', 'c']);
  await finish('c');
  await finish('a');
  expect(begun).toEqual(['a', 'b', 'c', 'a']);
  await finish('a');
  expect([begun.length, queue.depth]).toEqual([4, 0]);
});

test('the fast lane goes first, and the slow one is not starved', async () => {
  const { queue, begun, finish } = queueOf(1);
  queue.add('first');
  for (const key of ['s1', 's2']) queue.add(key, 'slow');
  for (const key of ['f1', 'f2', 'f3', 'f4']) queue.add(key);
  // What waits in the slow lane moves over when it becomes urgent.
  queue.add('s2');
  while (begun.length < 7) await finish(begun.at(-1) ?? '');
  expect(begun).toEqual(['first', 'f1', 'f2', 's1', 'f3', 'f4', 's2']);
});

test('failures come again later and later, until one is forgotten', async () => {
  const { queue, begun, finish } = queueOf(1);
  for (const wait of [5, 10, 20, 40]) {
    queue.addFailed('a');
    await vi.advanceTimersByTimeAsync(wait - 1);
    const before = begun.length;
    await vi.advanceTimersByTimeAsync(1);
    expect(begun.length - before, `after ${wait} ms`).toBe(1);
    await finish('a');
  }
  queue.forget('a');
  queue.addFailed('a');
  await vi.advanceTimersByTimeAsync(5);
  expect(begun).toHaveLength(5);
});

test('of several times asked for, the earliest counts', async () => {
  const { queue, begun } = queueOf(1);
  queue.addAfter('a', 1000);
  queue.addAfter('a', 100);
  queue.addAfter('a', 5000);
  await vi.advanceTimersByTimeAsync(100);
  expect(begun).toEqual(['a']);
});

test('stopping drops what waits and resolves when what is being handled is done', async () => {
  const { queue, begun, finish } = queueOf(1);
  queue.add('a');
  queue.add('b');
  queue.addAfter('c', 10);
  const stopped = queue.stop();
  queue.add('d');
  await finish('a');
  await stopped;
  await vi.advanceTimersByTimeAsync(1000);
  expect(begun).toEqual(['a']);
});
