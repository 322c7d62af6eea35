import type { SecureContextOptions, Server } from 'node:tls';
import { headers as headerNames, userAgents } from '@ebb/shared/api/headers.ts';
import fastify, { type FastifyInstance } from 'fastify';
import { MalformedReview, readReview, writeReview } from '../admission/review.ts';
import { type Decide, type RoutePath, routes } from './stack.ts';

/** The largest review that is read: two objects near the API server's own limit (contract control-plane 4.1). */
export const bodyLimit = 3 * 1024 * 1024;

export type TlsSettings = SecureContextOptions & { key: string; cert: string };

export interface AdmissionServer {
  app: FastifyInstance;
  /** From now on probes get 503 and connections are given up after their answer. */
  draining(): void;
  /** New connections get this certificate; those that are open keep theirs. */
  reload(tls: Pick<TlsSettings, 'key' | 'cert'>): void;
}

const { kubeletProbe } = headerNames;
const isProbe = (agent: string | undefined, header: unknown): boolean =>
  agent?.startsWith(userAgents.kubeletPrefix) === true || header !== undefined;
const pathOf = (url: string): string => url.split('?')[0] ?? '';

/** The HTTPS server of the webhook: HTTP/1 only, as the contract has it. Does not listen yet. */
export function createServer(decide: Decide, tls: TlsSettings): AdmissionServer {
  let draining = false;
  // Keys like __proto__ are data: objects are copied field by field, or by means that make them fields.
  const keys = { onProtoPoisoning: 'ignore', onConstructorPoisoning: 'ignore' } as const;
  // Idle connections are for the API server to close (after 90 s): one closed here may just have been used.
  const app = fastify({ https: { minVersion: 'TLSv1.3', ...tls }, bodyLimit, keepAliveTimeout: 120_000, requestTimeout: 30_000, ...keys });

  app.addHook('onRequest', async (request, reply) => {
    if (draining) reply.header('connection', 'close');
    const { headers, method } = request;
    if (method === 'GET' && isProbe(headers['user-agent'], headers[kubeletProbe])) {
      const [code, text] = draining ? [503, 'shutting down'] : [200, 'ok'];
      return reply.code(code).type('text/plain').send(text);
    }
    if (method === 'POST' && pathOf(request.url) in routes && headers['content-type'] !== 'application/json')
      return reply.code(415).type('text/plain').send('invalid Content-Type, want `application/json`');
  });
  for (const path of Object.keys(routes) as RoutePath[]) {
    app.post(path, async (request) => {
      const { apiVersion, request: asked } = readReview(request.body);
      return writeReview(apiVersion, asked.uid, await decide(path, asked));
    });
  }
  app.setNotFoundHandler((request, reply) => {
    void reply
      .code(400)
      .type('text/plain')
      .send(`no controller registered for: ${pathOf(request.url)}`);
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const code = error instanceof MalformedReview ? 400 : (error.statusCode ?? 500);
    const text = error instanceof MalformedReview || code === 413 ? error.message : `could not decode body: ${error.message}`;
    void reply
      .code(code)
      .type('text/plain')
      .send(code >= 500 ? error.message : text);
  });

  return {
    app,
    draining() {
      draining = true;
    },
    reload: ({ key, cert }) => (app.server as unknown as Server).setSecureContext({ ...tls, key, cert }),
  };
}
