import { Lifetime } from '@ebb/shared/proxy/lifetime.ts';
import { describe, expect, test } from 'vitest';
import { assign } from './capacity.ts';
import { type Lease, Refused, Throttle } from './throttle.ts';

const never = new Lifetime();
const to = (cc: number, ...healthy: string[]) => assign(cc, { mode: 'pods', healthy }, { index: 0, activators: 1 });

/** What came of waiting, as far as it is known after all that could happen happened. */
async function settled(waiting: Promise<Lease>[]): Promise<string[]> {
  const out = waiting.map(() => 'waiting');
  waiting.forEach((w, i) => {
    w.then(
      ({ dest }) => {
        out[i] = dest;
      },
      (error: Error) => {
        out[i] = error.message;
      },
    );
  });
  await new Promise((resolve) => setImmediate(resolve));
  return out;
}

describe('Throttle', () => {
  test('holds without capacity and lets as many go as fit, in order', async () => {
    const throttle = new Throttle(1, () => 0);
    const waiting = [1, 2, 3].map(() => throttle.acquire(never));
    expect(throttle.waiting).toBe(3);
    throttle.update(to(1, 'a', 'b'));
    expect(await settled(waiting)).toEqual(['a', 'b', 'waiting']);
    (await waiting[1]!).release();
    expect(await settled(waiting)).toEqual(['a', 'b', 'b']);
    expect([throttle.waiting, throttle.inFlight]).toEqual([0, 2]);
  });

  test('nobody overtakes those who wait', () => {
    const throttle = new Throttle(1, () => 0);
    throttle.update(to(1, 'a'));
    expect(throttle.tryAcquire()?.dest).toBe('a');
    void throttle.acquire(never);
    expect(throttle.tryAcquire()).toBeUndefined();
  });

  test('a release counts once', () => {
    const throttle = new Throttle(1, () => 0);
    throttle.update(to(1, 'a'));
    const lease = throttle.tryAcquire()!;
    lease.release();
    lease.release();
    expect(throttle.inFlight).toBe(0);
  });

  test('counts of a pod survive updates, also while it is away', () => {
    const throttle = new Throttle(1, () => 0);
    throttle.update(to(1, 'a'));
    throttle.tryAcquire();
    throttle.update(to(1, 'b'));
    throttle.update(to(1, 'a', 'b'));
    expect(throttle.tryAcquire()?.dest).toBe('b');
    expect(throttle.tryAcquire()).toBeUndefined();
  });

  test('without a limit everybody goes as soon as there is a pod', async () => {
    const throttle = new Throttle(0, () => 0);
    const waiting = Array.from({ length: 50 }, () => throttle.acquire(never));
    throttle.update(to(0, 'a'));
    expect(new Set(await settled(waiting))).toEqual(new Set(['a']));
  });

  test('one that is gone leaves the queue', async () => {
    const throttle = new Throttle(0, () => 0);
    const client = new Lifetime();
    const waiting = throttle.acquire(client);
    client.cancel();
    expect(await settled([waiting])).toEqual(['context canceled']);
    expect(throttle.waiting).toBe(0);
    await expect(throttle.acquire(client)).rejects.toBeInstanceOf(Refused);
  });

  test('the queue has an end', async () => {
    const throttle = new Throttle(1, () => 0);
    const waiting = Array.from({ length: 10_000 }, () => throttle.acquire(never));
    await expect(throttle.acquire(never)).rejects.toThrow('pending request queue full');
    throttle.close();
    expect(new Set(await settled(waiting))).toEqual(new Set(['the revision was deleted']));
    await expect(throttle.acquire(never)).rejects.toMatchObject({ reason: 'gone' });
  });
});
