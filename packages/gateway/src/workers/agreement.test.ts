import { beforeEach, expect, test } from 'vitest';
import { Agreement } from './agreement.ts';

let told: [string, string | undefined][];
let agreement: Agreement<'a' | 'b' | 'c'>;
beforeEach(() => {
  told = [];
  agreement = new Agreement((ingress, hash) => told.push([ingress, hash]));
  agreement.listens('a');
  agreement.listens('b');
});

test('all must serve the same, and a change starts over', () => {
  agreement.serves('a', 'ns/app', 'one');
  expect(told).toEqual([]);
  agreement.serves('b', 'ns/app', 'one');
  expect(told).toEqual([['ns/app', 'one']]);
  agreement.serves('b', 'ns/app', 'two');
  agreement.serves('a', 'ns/app', 'two');
  expect(told.slice(1)).toEqual([
    ['ns/app', undefined],
    ['ns/app', 'two'],
  ]);
  expect([...agreement.all]).toEqual([['ns/app', 'two']]);
});

test('the same once more is nothing new', () => {
  for (const worker of ['a', 'b', 'a', 'b'] as const) agreement.serves(worker, 'ns/app', 'one');
  expect(told).toHaveLength(1);
});

test('one that left need not serve it; one that came must, from when it listens', () => {
  agreement.serves('a', 'ns/app', 'one');
  agreement.left('b');
  expect([...agreement.all]).toEqual([['ns/app', 'one']]);
  agreement.serves('c', 'ns/app', 'none of their business yet');
  expect([...agreement.all]).toEqual([['ns/app', 'one']]);
  agreement.listens('c');
  expect([...agreement.all]).toEqual([]);
  agreement.serves('c', 'ns/app', 'one');
  expect([...agreement.all]).toEqual([['ns/app', 'one']]);
});

test('a deleted Ingress is forgotten, and so is everything when nobody is left', () => {
  for (const worker of ['a', 'b'] as const) for (const app of ['ns/app', 'ns/other']) agreement.serves(worker, app, 'one');
  agreement.gone('ns/app');
  expect([...agreement.all]).toEqual([['ns/other', 'one']]);
  agreement.left('a');
  agreement.left('b');
  expect([...agreement.all]).toEqual([]);
  expect(told.slice(2)).toEqual([
    ['ns/app', undefined],
    ['ns/other', undefined],
  ]);
});
