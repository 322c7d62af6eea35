import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { firstByte, parseRound } from './load.ts';

const line = (failed: number, requests = 20_000) =>
  `Running 2s test\nEBB {"requests":${requests},"duration_us":2000000,"p50_us":1500,"p99_us":4250,"failed":${failed}}\nRequests/sec: 1\n`;

it('reads the figures out of what wrk prints', () => {
  expect(parseRound(line(0))).toEqual({ requests: 20_000, rps: 10_000, p50_ms: 1.5, p99_ms: 4.25 });
});

it('takes no figures from a round with failures, without requests, or without the line', () => {
  expect(() => parseRound(line(3))).toThrow('3 of 20000 requests failed');
  expect(() => parseRound(line(0, 0))).toThrow('wrk made no request');
  expect(() => parseRound('unable to connect')).toThrow('wrk left no figures:\nunable to connect');
});

it('sends the virtual host and tells an answer that is not 200', async () => {
  const server = createServer((req, res) => res.writeHead(req.headers.host === 'a.example.com' ? 200 : 404).end('no such host'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  expect(await firstByte(address, 'a.example.com')).toBeGreaterThan(0);
  await expect(firstByte(address, 'b.example.com')).rejects.toThrow(/^GET b.example.com: 404 after \d+ ms: no such host$/);
  await new Promise((done) => server.close(done));
});
