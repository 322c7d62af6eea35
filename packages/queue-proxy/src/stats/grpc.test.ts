import { connect } from 'node:http2';
import { cleanUp, onCleanUp } from '@ebb/shared/testing/http.ts';
import { afterEach, describe, expect, it, test } from 'vitest';
import { RequestStats } from '../core/stats.ts';
import { Reporter } from './reporter.ts';
import { startStatsServer } from './server.ts';

afterEach(cleanUp);

const watchPath = '/ebb.autoscaling.v1.PodStats/Watch';

async function serving() {
  const reporter = new Reporter(new RequestStats(0), () => performance.now(), 'pod');
  const server = await startStatsServer(0, reporter);
  const session = connect(`http://127.0.0.1:${server.port}`);
  session.on('error', () => undefined);
  onCleanUp(async () => {
    session.destroy();
    reporter.stop();
    await server.close();
  });
  /** The status of a call, from the trailers or, where there was nothing else, the headers. */
  const call = (path: string, body: number[], end = true) => {
    const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' });
    if (end) stream.end(Buffer.from(body));
    else stream.write(Buffer.from(body));
    const status = new Promise((resolve) => {
      const look = (headers: Record<string, unknown>) => headers['grpc-status'] !== undefined && resolve(Number(headers['grpc-status']));
      stream
        .on('response', look)
        .on('trailers', look)
        .on('error', () => undefined)
        .on('close', () => resolve('closed'));
    });
    const first = new Promise((resolve) => stream.once('data', resolve));
    return { status, first };
  };
  return { server, call };
}

describe('PodStats over gRPC', () => {
  test.each([
    ['another method', '/ebb.autoscaling.v1.PodStats/Other', [0, 0, 0, 0, 0], 12],
    ['a request that is too long', watchPath, [0, 0, 1, 0, 0], 8],
    ['a compressed request', watchPath, [1, 0, 0, 0, 0], 12],
    ['a request that is garbage', watchPath, [0, 0, 0, 0, 1, 0x0a], 3],
    ['no request', watchPath, [], 3],
    ['half a request', watchPath, [0, 0, 0, 0, 2, 8], 3],
  ])('%s is refused', async (_, path, body, code) => {
    const { call } = await serving();
    expect(await call(path, body).status).toBe(code);
  });

  it('pushes until the pod stops', async () => {
    const { server, call } = await serving();
    // 100 ms, the shortest period.
    const { first, status } = call(watchPath, [0, 0, 0, 0, 2, 8, 100], false);
    await first;
    await server.close();
    expect(await status).toBe('closed');
  });
});
