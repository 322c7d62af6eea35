import { expect, test } from 'vitest';
import { ejectionMs, Pool, type Slot } from './pool.ts';

const at = (...hosts: string[]) => hosts.map((host) => ({ host, port: 80 }));
const draws =
  (...values: number[]) =>
  () =>
    values.shift() ?? 0;
const poolOf = (...hosts: string[]) => {
  const pool = new Pool();
  pool.update(at(...hosts));
  return pool;
};

test('the less loaded of two random addresses', () => {
  const pool = poolOf('a', 'b', 'c');
  const a = pool.pick(0, draws(0, 0)) as Slot;
  a.outstanding = 2;
  expect(pool.pick(0, draws(0, 0.5))?.target.host).toBe('b');
  expect(pool.pick(0, draws(0.9, 0))?.target.host).toBe('c');
});

test('ejected addresses are passed over until their time is up, or there is nothing else', () => {
  const pool = poolOf('a', 'b');
  (pool.pick(0, draws(0, 0)) as Slot).ejectedUntil = ejectionMs;
  expect(pool.pick(1, draws(0, 0))?.target.host).toBe('b');
  expect(pool.pick(ejectionMs, draws(0, 0))?.target.host).toBe('a');
  const b = pool.pick(1, draws(0, 0)) as Slot;
  expect(pool.pick(1, draws(0, 0), new Set([b]))?.target.host).toBe('a');
});

test('nothing is left when all were tried, or there is none', () => {
  const pool = poolOf('a');
  expect(pool.pick(0, draws(), new Set([pool.pick(0, draws()) as Slot]))).toBeUndefined();
  expect(poolOf().pick(0, draws())).toBeUndefined();
});

test('an address that stays keeps its count; one that goes is not picked again', () => {
  const pool = poolOf('a', 'b');
  const a = pool.pick(0, draws(0, 0)) as Slot;
  a.outstanding = 1;
  pool.update(at('c', 'a'));
  expect(pool.pick(0, draws(0.5, 0.5))).toBe(a);
  pool.update(at('c'));
  expect(pool.pick(0, draws(0.5, 0.9))?.target.host).toBe('c');
  expect(a.outstanding).toBe(1);
});

test('who waits is told of the next update, once', () => {
  const pool = poolOf('a');
  let told = 0;
  pool.onceUpdated(() => told++);
  pool.onceUpdated(() => told++)();
  pool.update(at('a', 'b'));
  pool.update(at('b'));
  expect(told).toBe(1);
});
