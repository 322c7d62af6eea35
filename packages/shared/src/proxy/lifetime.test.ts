import { expect, it } from 'vitest';
import { Lifetime } from './lifetime.ts';

it('tells of its cancelling once, and its signal does', () => {
  const life = new Lifetime();
  const told: string[] = [];
  const gone = () => void told.push('gone');
  life.onCancel(() => told.push('a'));
  life.onCancel(gone);
  life.offCancel(gone);
  const { signal } = life;
  signal.addEventListener('abort', () => told.push('signal'));
  life.cancel();
  life.cancel();
  expect(told).toEqual(['a', 'signal']);
  expect([life.cancelled, signal.aborted, life.signal === signal]).toEqual([true, true, true]);
});

it('has an aborted signal for who asks late', () => {
  const life = new Lifetime();
  life.cancel();
  expect(life.signal.aborted).toBe(true);
});

it('ends its layers from the inside out, with what went wrong', () => {
  const life = new Lifetime();
  const told: unknown[] = [];
  life.onEnd((error) => told.push('outer', error?.message));
  life.onEnd((error) => told.push('inner', error?.message));
  life.end(new Error('x'));
  life.end();
  expect(told).toEqual(['inner', 'x', 'outer', 'x']);
});
