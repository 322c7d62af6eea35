import { get } from 'node:http';
import { headers, probeValues, userAgents } from '@ebb/shared/api/headers.ts';

/**
 * Whether the activator answers at a revision's public Service: only then may its last pod go (contract data-plane 3.7).
 * The path has the peer's double slash.
 */
export function activatorAnswers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const req = get(
      {
        host,
        port,
        path: '//healthz',
        timeout: 1000,
        agent: false,
        headers: { 'user-agent': userAgents.autoscaler, [headers.probe]: probeValues.activator },
      },
      (res) => {
        let body = '';
        res.on('data', (c: Buffer) => {
          body += c.toString();
        });
        res.on('end', () => resolve(res.statusCode === 200 && body === probeValues.activator));
        res.on('error', () => resolve(false));
      },
    );
    req.on('timeout', () => req.destroy());
    req.on('error', () => resolve(false));
  });
}
