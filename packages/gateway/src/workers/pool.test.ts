import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FilledCache } from '../state/filled-cache.ts';
import { endpoints, ingress, rule, service, split } from '../testing/objects.ts';
import type { ToMain, ToWorker } from './messages.ts';
import { startWorkers, type Workers } from './pool.ts';

/** A process in name only: it answers what a test has it answer. */
class Child extends EventEmitter {
  readonly pid = children.length;
  connected = true;
  /** Whether it answers pings. */
  responsive = true;
  /** What it was told. */
  told: ToWorker[] = [];

  send(message: ToWorker): void {
    if (message.type !== 'ping') this.told.push(message);
    else if (this.responsive) this.says({ type: 'pong' });
  }

  says(message: ToMain): void {
    this.emit('message', message);
  }

  kill(signal: string): void {
    this.connected = false;
    this.emit('exit', null, signal);
  }
}

let children: Child[];
let agreed: string[];
let cluster: Parameters<typeof startWorkers>[0]['cluster'] & { ingresses: FilledCache<ReturnType<typeof app>> };
const app = (name: string) => ingress(name, [rule([`${name}.example.org`], [{ splits: [split('one')] }])]);

beforeEach(() => {
  vi.useFakeTimers();
  children = [];
  agreed = [];
  cluster = {
    configMaps: new FilledCache(),
    services: new FilledCache(),
    endpoints: new FilledCache(),
    secrets: new FilledCache(),
    ingresses: new FilledCache(),
  };
});
afterEach(() => vi.useRealTimers());

function start(count = 2): Promise<Workers> {
  return startWorkers({
    count,
    cluster,
    log: createLogger('test', 'silent'),
    agreed: (key) => agreed.push(key),
    start: () => {
      const child = new Child();
      children.push(child);
      return child as unknown as ChildProcess;
    },
  });
}

/** Two workers that listen. */
async function running(): Promise<Workers> {
  const workers = start();
  for (const child of children) child.says({ type: 'listening' });
  return workers;
}

test('a worker is told what there is, what an Ingress names before it, and then what changes', async () => {
  cluster.ingresses.put(app('first'));
  (cluster.services as FilledCache<ReturnType<typeof service>>).put(service('one'));
  (cluster.endpoints as FilledCache<ReturnType<typeof endpoints>>).put(endpoints('one'));
  await running();
  for (const child of children) {
    expect(child.told.map((m) => (m.type === 'changed' ? m.cache : m.type))).toEqual(['services', 'endpoints', 'ingresses', 'listed']);
    child.told = [];
  }
  cluster.ingresses.put(app('second'));
  cluster.ingresses.drop('ns', 'first');
  for (const child of children)
    expect(child.told).toEqual([
      { type: 'changed', cache: 'ingresses', object: app('second') },
      { type: 'gone', cache: 'ingresses', namespace: 'ns', name: 'first' },
    ]);
});

test('an Ingress is agreed on when all serve it; of one that is gone nobody is believed', async () => {
  cluster.ingresses.put(app('app'));
  await running();
  const [a, b] = children as [Child, Child];
  a.says({ type: 'serves', ingress: 'ns/app', hash: 'one' });
  expect(agreed).toEqual([]);
  b.says({ type: 'serves', ingress: 'ns/app', hash: 'one' });
  expect(agreed).toEqual(['ns/app']);
  for (const child of children) expect(child.told.at(-1)).toEqual({ type: 'agreed', ingress: 'ns/app', hash: 'one' });
  cluster.ingresses.drop('ns', 'app');
  for (const child of children) child.says({ type: 'serves', ingress: 'ns/app', hash: 'one' });
  expect(agreed).toEqual(['ns/app']);
});

test('one that ends is replaced, later each time, at once again after a steady minute', async () => {
  const workers = await running();
  for (const [n, waitMs] of [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000].entries()) {
    children.at(-1)?.kill('SIGKILL');
    expect(workers.listening()).toBe(1);
    await vi.advanceTimersByTimeAsync(waitMs - 1);
    expect(children).toHaveLength(n + 2);
    await vi.advanceTimersByTimeAsync(1);
    expect(children).toHaveLength(n + 3);
    // Whether it comes to listen or not.
    if (n % 2) children.at(-1)?.says({ type: 'listening' });
  }
  children.at(-1)?.says({ type: 'listening' });
  expect(workers.listening()).toBe(2);
  await vi.advanceTimersByTimeAsync(60_000);
  const before = children.length;
  children.at(-1)?.kill('SIGKILL');
  await vi.advanceTimersByTimeAsync(100);
  expect(children).toHaveLength(before + 1);
});

test('one that stands still is killed, and replaced', async () => {
  const workers = await running();
  const [a, b] = children as [Child, Child];
  b.responsive = false;
  await vi.advanceTimersByTimeAsync(25_000);
  expect([a.connected, b.connected]).toEqual([true, false]);
  await vi.advanceTimersByTimeAsync(100);
  children[2]?.says({ type: 'listening' });
  expect(workers.listening()).toBe(2);
});

test('one that cannot start ends them all', async () => {
  const started = start();
  children[0]?.says({ type: 'listening' });
  children[1]?.emit('exit', 1, null);
  await expect(started).rejects.toThrow('exit code 1');
  expect(children[0]?.connected).toBe(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(children).toHaveLength(2);
});

test('a drain is over when all are gone, and replaces nobody', async () => {
  const workers = await running();
  let over = false;
  const drained = workers.drain().then(() => {
    over = true;
  });
  for (const child of children) expect(child.told.at(-1)).toEqual({ type: 'drain' });
  children[0]?.emit('exit', 0, null);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(over).toBe(false);
  children[1]?.emit('exit', 0, null);
  await drained;
  expect(children).toHaveLength(2);
});
