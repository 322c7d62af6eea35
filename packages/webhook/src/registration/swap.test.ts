import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Certs } from '../certs/issue.ts';
import { swapWhenBelieved } from './swap.ts';

const log = createLogger('test', 'silent');
const certs = (name: string): Certs => ({ key: '', cert: name, ca: `CA of ${name}` });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function swapping() {
  const state = { believed: '', served: [] as string[] };
  const swap = swapWhenBelieved({ believes: (ca) => ca === state.believed, log, patienceMs: 15_000 });
  return { state, swap, start: () => swap.start(({ cert }) => state.served.push(cert)) };
}

test('the first certificate is served at once: nobody has met another', () => {
  const { state, swap, start } = swapping();
  swap.next(certs('first'));
  start();
  expect(state.served).toEqual(['first']);
});

test('the next one waits until its CA is believed, and a little longer', async () => {
  const { state, swap, start } = swapping();
  start();
  swap.next(certs('next'));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(state.served).toEqual([]);
  state.believed = 'CA of next';
  await vi.advanceTimersByTimeAsync(1_000);
  expect(state.served).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(state.served).toEqual(['next']);
});

test('where nobody is told of its CA it is served all the same, after a while', async () => {
  const { state, swap, start } = swapping();
  start();
  swap.next(certs('next'));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(state.served).toEqual(['next']);
});

test('of two that follow each other the later one is served', async () => {
  const { state, swap, start } = swapping();
  start();
  state.believed = 'CA of second';
  swap.next(certs('first'));
  await vi.advanceTimersByTimeAsync(1_000);
  swap.next(certs('second'));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(state.served).toEqual(['second']);
});

test('none is served after the end', async () => {
  const { state, swap, start } = swapping();
  start();
  state.believed = 'CA of next';
  swap.next(certs('next'));
  swap.stop();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(state.served).toEqual([]);
});
