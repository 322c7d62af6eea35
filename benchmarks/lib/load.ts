import { request } from 'node:http';
import { join } from 'node:path';
import { run } from '../../scripts/lib/shell.ts';

/** One round of wrk. */
export interface Round {
  requests: number;
  rps: number;
  p50_ms: number;
  p99_ms: number;
}

export interface Load {
  host: string;
  port: number;
  /** The Host header, when it is not the address. */
  virtualHost?: string;
  connections: number;
  seconds: number;
  /** Over TLS, whoever the certificate is of. */
  secure?: boolean;
  /** `/` when absent. */
  path?: string;
  /** `Name: value` each. */
  headers?: readonly string[];
  /** A script in place of report.lua, which writes the same line, and its arguments. */
  script?: readonly [path: string, ...args: string[]];
}

/** The figures of the line report.lua writes. A request that failed makes the whole round worthless. */
export function parseRound(output: string): Round {
  const line = /^EBB (\{.*\})$/m.exec(output)?.[1];
  if (!line) throw new Error(`wrk left no figures:\n${output.trim()}`);
  return parseFigures(line, output);
}

/** Figures as the load generators give them, one JSON object: times in microseconds. */
export function parseFigures(line: string, output = line): Round {
  const got = JSON.parse(line) as { requests: number; duration_us: number; p50_us: number; p99_us: number; failed: number };
  if (got.failed > 0) throw new Error(`${got.failed} of ${got.requests} requests failed:\n${output.trim()}`);
  if (got.requests === 0) throw new Error(`wrk made no request:\n${output.trim()}`);
  return { requests: got.requests, rps: got.requests / (got.duration_us / 1e6), p50_ms: got.p50_us / 1000, p99_ms: got.p99_us / 1000 };
}

/** Runs wrk for some seconds. One thread: the machine's other cores belong to what is measured. */
export async function wrk(load: Load): Promise<Round> {
  const { virtualHost, secure = false, path = '/' } = load;
  const all = [...(virtualHost ? [`Host: ${virtualHost}`] : []), ...(load.headers ?? [])];
  const headers = all.flatMap((header) => ['-H', header]);
  const [script, ...args] = load.script ?? [join(import.meta.dirname, 'report.lua')];
  const size = ['-t1', `-c${load.connections}`, `-d${load.seconds}s`];
  const ran = await run('wrk', [
    ...size,
    '-s',
    script,
    ...headers,
    `${secure ? 'https' : 'http'}://${load.host}:${load.port}${path}`,
    ...(args.length ? ['--', ...args] : []),
  ]);
  if (ran.code === 127) throw new Error('wrk is not installed: apt-get install wrk');
  if (ran.code !== 0) throw new Error(`wrk failed with code ${ran.code}:\n${ran.output.trim()}`);
  return parseRound(ran.stdout);
}

/** Sends one GET on a connection of its own and gives the milliseconds until the answer began. Anything but 200 is an error. */
export function firstByte(address: { host: string; port: number }, virtualHost: string, signal?: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const req = request({ ...address, path: '/', agent: false, headers: { host: virtualHost }, signal }, (res) => {
      const ms = performance.now() - started;
      let body = '';
      res.on('data', (chunk: Buffer) => {
        body += chunk;
      });
      res.on('error', reject);
      res.on('end', () => {
        if (res.statusCode === 200) resolve(ms);
        else reject(new Error(`GET ${virtualHost}: ${res.statusCode} after ${Math.round(ms)} ms: ${body.trim().slice(0, 300)}`));
      });
    });
    req.setTimeout(60_000, () => req.destroy(new Error(`GET ${virtualHost}: no answer within 60 s`)));
    req.on('error', reject);
    req.end();
  });
}
