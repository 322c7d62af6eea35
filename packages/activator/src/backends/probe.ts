import { type IncomingHttpHeaders, request } from 'node:http';
import { headers, healthPath, probeValues, userAgents } from '@ebb/shared/api/headers.ts';

/** `ready`; `refused` by something that speaks HTTP; or `unreachable`, also 502 and 503, as a mesh answers for a pod it hides. */
export type ProbeResult = 'ready' | 'refused' | 'unreachable';

export interface ProbeOptions {
  dest: string;
  timeoutMs: number;
  /** Request headers over the probe's own: Host and pass-through behind a mesh. */
  headers?: Record<string, string>;
  signal: AbortSignal;
  /** Whether who answers is who is meant, by the response headers. */
  accepts?: (headers: IncomingHttpHeaders) => boolean;
}

/** Asks a queue-proxy whether it is ready: 200 with the body `queue` (contract data-plane 2.5). Never rejects. */
export function probe(o: ProbeOptions): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const url = new URL(`http://${o.dest}${healthPath}`);
    const all = { [headers.probe]: probeValues.queue, 'user-agent': userAgents.activator, ...o.headers };
    const req = request(
      url,
      { agent: false, headers: all, signal: AbortSignal.any([o.signal, AbortSignal.timeout(o.timeoutMs)]) },
      (res) => {
        let body = '';
        res.setEncoding('latin1');
        res.on('data', (chunk: string) => {
          body += chunk;
          // Not what we asked for; whoever answers so may go on for ever.
          if (body.length > 1024) req.destroy();
        });
        res.on('end', () => {
          if (res.statusCode === 200 && body === probeValues.queue && o.accepts?.(res.headers) !== false) resolve('ready');
          else resolve(res.statusCode === 502 || res.statusCode === 503 ? 'unreachable' : 'refused');
        });
        res.on('error', () => resolve('refused'));
        res.on('close', () => resolve('refused'));
      },
    );
    req.on('error', () => resolve('unreachable'));
    req.end();
  });
}
