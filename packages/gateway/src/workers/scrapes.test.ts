import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Scrapes } from './scrapes.ts';

const text = (requests: number, active: number) =>
  `# TYPE requests_total counter\nrequests_total ${requests}\n# TYPE active gauge\nactive ${active}\n`;

let asked: string[];
let scrapes: Scrapes<string>;
beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  scrapes = new Scrapes((worker) => asked.push(worker));
  scrapes.came('a');
  scrapes.came('b');
});
afterEach(() => vi.useRealTimers());

/** What a scrape tells, when these answer it and the others do not. */
async function told(answers: Record<string, string>): Promise<string[]> {
  const all = scrapes.all();
  for (const [worker, answer] of Object.entries(answers)) scrapes.answered(worker, answer);
  await vi.advanceTimersByTimeAsync(2000);
  return (await all).filter(Boolean);
}

test('all are asked and told', async () => {
  expect(await told({ a: text(1, 1), b: text(2, 0) })).toEqual([text(1, 1), text(2, 0)]);
  expect(asked).toEqual(['a', 'b']);
});

test('one that is late counts as it was when it last answered', async () => {
  expect(await told({ a: text(1, 1) })).toEqual([text(1, 1)]);
  expect(await told({ b: text(2, 0) })).toEqual([text(1, 1), text(2, 0)]);
});

test('what one counted that is gone stays counted; what it had under way is over', async () => {
  await told({ a: text(1, 1), b: text(2, 0) });
  scrapes.left('a');
  scrapes.left('b');
  scrapes.came('c');
  expect(await told({ c: text(4, 1) })).toEqual(['# TYPE requests_total counter\nrequests_total 3\n', text(4, 1)]);
});

test('one that goes while it is asked keeps nobody waiting', async () => {
  const all = scrapes.all();
  scrapes.answered('a', text(1, 0));
  scrapes.left('b');
  expect((await all).filter(Boolean)).toEqual([text(1, 0)]);
});
