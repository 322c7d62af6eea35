import { request } from 'node:http';
import { Stat } from '@ebb/shared/proto/gen/stats.ts';

/** A scrape that takes longer is given up, and of its body no more is read (contract data-plane 3.5). */
const timeoutMs = 3000;
const bytesAtMost = 336;

/** An answer that is no stat. */
class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Whether it was a mesh that answered, which does not let a pod be asked by its address (contract data-plane 3.5). */
export const isMeshLike = (error: unknown): boolean => error instanceof Refused && (error.status === 502 || error.status === 503);

/** Who is scraped. */
export interface Target {
  host: string;
  port: number;
  headers?: Record<string, string>;
  /** On a connection of its own: one that is kept would lead to the same pod again. */
  alone?: boolean;
}

/** One scrape of a stats endpoint as the peer's queue-proxy has it; rejects with what was wrong. */
export function scrape({ host, port, headers = {}, alone = false }: Target): Promise<Stat> {
  const options = {
    host,
    port,
    path: '/metrics',
    ...(alone ? { agent: false } : {}),
    timeout: timeoutMs,
    headers: { accept: 'application/protobuf', ...headers },
  };
  return new Promise((resolve, reject) => {
    const req = request(options, (res) => {
      const type = res.headers['content-type'] ?? '';
      const status = res.statusCode ?? 0;
      if (status < 200 || status > 299 || type !== 'application/protobuf') {
        const why = `scrape of ${host}:${port}: ${status} ${type}; 200 application/protobuf would be right`;
        req.destroy(new Refused(status, why));
        return;
      }
      let body = Buffer.alloc(0);
      const done = () => {
        try {
          resolve(Stat.decode(body));
        } catch (error) {
          reject(error as Error);
        }
      };
      res.on('data', (chunk: Buffer) => {
        body = Buffer.concat([body, chunk]).subarray(0, bytesAtMost);
        if (body.length === bytesAtMost) {
          done();
          req.destroy();
        }
      });
      res.on('end', done);
      res.on('error', reject);
    });
    req.on('timeout', () => req.destroy(new Error(`scrape of ${host}:${port}: no answer within ${timeoutMs / 1000} s`)));
    req.on('error', reject);
    req.end();
  });
}
