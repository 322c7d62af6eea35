import { connect } from 'node:http2';
import type { UserProbe } from './parse.ts';

/**
 * `grpc.health.v1.Health/Check` by hand: one message of one field each way, so a whole gRPC library need not be
 * loaded into every pod for it.
 */
export function grpc({ port, service = '' }: NonNullable<UserProbe['grpc']>, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${port}`);
    const done = (error?: Error) => {
      clearTimeout(timer);
      session.destroy();
      if (error) reject(error);
      else resolve();
    };
    const timer = setTimeout(() => done(new Error('no answer in time')), timeoutMs);
    session.on('error', done);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    let status: unknown;
    const chunks: Buffer[] = [];
    const read = (headers: Record<string, unknown>) => {
      status = headers['grpc-status'] ?? status;
    };
    stream.on('response', read).on('trailers', read).on('error', done);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      // A frame of five bytes, then field 1 of HealthCheckResponse, where 1 is SERVING.
      const message = Buffer.concat(chunks).subarray(5);
      if (status !== undefined && String(status) !== '0') done(new Error(`gRPC health check failed with status ${status}`));
      else if (message[0] === 8 && message[1] === 1) done();
      else done(new Error('gRPC health check: not SERVING'));
    });
    const name = Buffer.from(service);
    const body = name.length === 0 ? name : Buffer.concat([Buffer.from([10, name.length]), name]);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(body.length, 1);
    stream.end(Buffer.concat([head, body]));
  });
}
