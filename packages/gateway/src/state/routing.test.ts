import type { Endpoints, KubeService, Secret } from '@ebb/shared/api/builtin.ts';
import type { Ingress } from '@ebb/shared/api/kinds.ts';
import { createLogger } from '@ebb/shared/telemetry/log.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { endpoints, ingress, rule, service, split } from '../testing/objects.ts';
import { FilledCache } from './filled-cache.ts';
import { holdMs, Routing } from './routing.ts';

const app = (...services: string[]) =>
  ingress('app', [rule(['h'], [{ splits: services.map((s) => split(s, { percent: 100 / services.length })) }])]);

let cluster: {
  ingresses: FilledCache<Ingress>;
  services: FilledCache<KubeService>;
  endpoints: FilledCache<Endpoints>;
  secrets: FilledCache<Secret>;
};
let routing: Routing;
let told: string[];
beforeEach(() => {
  vi.useFakeTimers();
  cluster = { ingresses: new FilledCache(), services: new FilledCache(), endpoints: new FilledCache(), secrets: new FilledCache() };
  told = [];
  routing = new Routing({ ...cluster, log: createLogger('test', 'silent'), served: (key) => told.push(key) });
});
afterEach(() => {
  routing.close();
  vi.useRealTimers();
});

const serving = () => routing.table.lookup('h')?.owner.backends.map((b) => b.service);
const run = (name: string) => {
  cluster.services.put(service(name));
  cluster.endpoints.put(endpoints(name, { port: 1 }));
};

test('a new Ingress is served at once, a changed one when its backends have addresses', () => {
  cluster.ingresses.put(app('one'));
  expect(serving()).toEqual(['one']);
  run('one');
  cluster.ingresses.put(app('one', 'two'));
  expect(serving()).toEqual(['one']);
  cluster.services.put(service('two'));
  expect(serving()).toEqual(['one']);
  told = [];
  cluster.endpoints.put(endpoints('two', { port: 1 }));
  expect(serving()).toEqual(['one', 'two']);
  expect(told).toEqual(['ns/app']);
});

test('it is told when an Ingress that came first got its backends', () => {
  cluster.ingresses.put(app('one', 'two'));
  told = [];
  run('one');
  expect(told).toEqual([]);
  run('two');
  expect(told).toEqual(['ns/app']);
});

test('it does not wait for ever, nor for one that serves nobody anyway', () => {
  run('one');
  cluster.ingresses.put(app('one'));
  cluster.ingresses.put(app('two'));
  expect(serving()).toEqual(['one']);
  vi.advanceTimersByTime(holdMs);
  expect(serving()).toEqual(['two']);
  cluster.ingresses.put(app('three'));
  expect(serving()).toEqual(['three']);
});

test('a later change takes the place of one that waits', () => {
  for (const name of ['one', 'three']) run(name);
  cluster.ingresses.put(app('one'));
  cluster.ingresses.put(app('two'));
  cluster.ingresses.put(app('three'));
  expect(serving()).toEqual(['three']);
  run('two');
  vi.advanceTimersByTime(holdMs);
  expect(serving()).toEqual(['three']);
});

test('a removed Ingress, or one that left our class, is not served; its pools are let go', () => {
  run('one');
  cluster.ingresses.put(app('one'));
  expect(routing.pools.get('ns/one:80')?.size).toBe(1);
  cluster.ingresses.drop('ns', 'app');
  expect(serving()).toBeUndefined();
  expect(routing.pools.get('ns/one:80')).toBeUndefined();
  cluster.ingresses.put(app('one'));
  cluster.ingresses.put({ ...app('one'), metadata: { ...app('one').metadata, annotations: {} } });
  expect(serving()).toBeUndefined();
});

test('a spec that cannot be served leaves what was, and tells why', () => {
  run('one');
  cluster.ingresses.put(app('one'));
  cluster.ingresses.put(ingress('app', [rule(['h'], [])]));
  expect(serving()).toEqual(['one']);
  expect(routing.problem('ns/app')).toBe('spec.rules[0].http.paths is empty; at least one path would be right');
  cluster.ingresses.put(app('one'));
  expect(routing.problem('ns/app')).toBeUndefined();
});
