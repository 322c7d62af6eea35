import { createServer } from 'node:http';
import { cleanUp, started } from '@ebb/shared/testing/http.ts';
import { until } from '@ebb/shared/testing/until.ts';
import { afterEach, expect, it } from 'vitest';
import { startLoad } from './load.ts';

afterEach(cleanUp);

it('counts every request, those that fail with what was wrong, and ends', async () => {
  let asked = 0;
  const port = await started(
    createServer((req, res) => {
      asked++;
      if (asked % 10 === 1) res.writeHead(503).end('no room');
      else if (asked % 10 === 2) res.writeHead(200, { 'content-length': '10' }).write('half', () => req.socket.destroy());
      else res.end(req.headers.host);
    }),
  );
  const load = startLoad({ host: '127.0.0.1', port }, 'hello', 200);
  await until(() => asked >= 40);
  await load.stop();
  expect(load.shots).toHaveLength(asked);
  const failures = new Set(load.shots.map((s) => s.failure));
  expect(failures).toEqual(new Set([undefined, '503 no room', 'broken off: aborted']));
});

it('does not hold a connection against the server that it closed while nothing was under way', async () => {
  let first = true;
  const port = await started(
    createServer((req, res) => {
      // Closed without an answer, as if the request had crossed the close.
      if (!first && req.headers['x-again'] === undefined && req.socket.bytesRead > 200) req.socket.resetAndDestroy();
      else res.end();
      first = false;
    }),
  );
  const load = startLoad({ host: '127.0.0.1', port }, 'hello', 100);
  await until(() => load.shots.length >= 20);
  await load.stop();
  expect(load.shots.filter((s) => s.failure)).toEqual([]);
  expect(load.shots.filter((s) => s.again).length).toBeGreaterThan(0);
});
