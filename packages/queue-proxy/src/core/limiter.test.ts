import { Lifetime } from '@ebb/shared/proxy/lifetime.ts';
import { describe, expect, it } from 'vitest';
import { Limiter } from './limiter.ts';

const never = new Lifetime();

describe('Limiter', () => {
  it('admits, queues ten times as many in order, and rejects the next', async () => {
    const limiter = new Limiter(2);
    expect([limiter.acquire(never), limiter.acquire(never)]).toEqual(['admitted', 'admitted']);
    const order: number[] = [];
    const queued = Array.from({ length: 20 }, (_, i) => Promise.resolve(limiter.acquire(never)).then(() => order.push(i)));
    expect(limiter.acquire(never)).toBe('full');
    expect(limiter.depth).toBe(22);
    for (let i = 0; i < 22; i++) limiter.release();
    await Promise.all(queued);
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(limiter.depth).toBe(0);
  });

  it('gives the place of who is gone to others', async () => {
    const limiter = new Limiter(1);
    limiter.acquire(never);
    const leaving = new Lifetime();
    const first = limiter.acquire(leaving);
    const second = limiter.acquire(never);
    leaving.cancel();
    expect(await first).toBe('cancelled');
    limiter.release();
    expect(await second).toBe('admitted');
    expect(limiter.acquire(leaving)).toBe('cancelled');
    limiter.release();
    expect(limiter.depth).toBe(0);
    expect(limiter.acquire(never)).toBe('admitted');
  });
});
