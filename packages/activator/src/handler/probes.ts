import { headers, probeValues, userAgents } from '@ebb/shared/api/headers.ts';
import type { Middleware } from '@ebb/shared/proxy/handler.ts';
import { respond, respondError } from '@ebb/shared/proxy/respond.ts';
import { header } from './call.ts';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => escapes[c] ?? c);

/** The kubelet's probes: 200, or 500 with the reason (contract data-plane 2.2 #1, 2.7). */
export const answerKubelet =
  (unhealthy: () => string | undefined): Middleware =>
  (next) =>
  async (exchange) => {
    const { req } = exchange;
    if (!header(req, 'user-agent').startsWith(userAgents.kubeletPrefix) && header(req, headers.kubeletProbe) === '') return next(exchange);
    const why = unhealthy();
    if (why === undefined) respond(exchange, 200);
    else respondError(exchange, 500, why);
  };

/** Probes of the path from the ingress: the configuration's hash comes back (contract data-plane 2.2 #2). */
export const answerNetworkProbe: Middleware = (next) => async (exchange) => {
  if (header(exchange.req, headers.probe) !== probeValues.network) return next(exchange);
  const hash = header(exchange.req, headers.hash);
  if (hash === '') respondError(exchange, 400, 'a probe request must contain a non-empty "K-Network-Hash" header');
  else respond(exchange, 200, '', { [headers.hash]: hash });
};

/** Whoever asks whether an activator is on the path (contract data-plane 2.2 #3). */
export const answerOwnProbe: Middleware = (next) => async (exchange) => {
  const value = header(exchange.req, headers.probe);
  if (value === '') return next(exchange);
  if (value === probeValues.activator) respond(exchange, 200, probeValues.activator);
  else respondError(exchange, 400, `unexpected probe header value: "${escapeHtml(value)}"`);
};
