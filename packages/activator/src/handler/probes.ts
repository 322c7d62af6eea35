import { headers, probeValues, userAgents } from '@ebb/shared/api/headers.ts';
import type { Middleware } from '@ebb/shared/proxy/handler.ts';
import { respond, respondError } from '@ebb/shared/proxy/respond.ts';
import { answered } from './call.ts';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => escapes[c] ?? c);

/** The kubelet's probes: 200, or 500 with the reason (contract data-plane 2.2 #1, 2.7). */
export const answerKubelet =
  (unhealthy: () => string | undefined): Middleware =>
  (next) =>
  (exchange) => {
    const { req } = exchange;
    if (!req.header('user-agent').startsWith(userAgents.kubeletPrefix) && req.header(headers.kubeletProbe) === '') return next(exchange);
    const why = unhealthy();
    if (why === undefined) respond(exchange, 200);
    else respondError(exchange, 500, why);
    return answered;
  };

/** Probes of the path from the ingress: the configuration's hash comes back (contract data-plane 2.2 #2). */
export const answerNetworkProbe: Middleware = (next) => (exchange) => {
  if (exchange.req.header(headers.probe) !== probeValues.network) return next(exchange);
  const hash = exchange.req.header(headers.hash);
  if (hash === '') respondError(exchange, 400, 'a probe request must contain a non-empty "K-Network-Hash" header');
  else respond(exchange, 200, '', { [headers.hash]: hash });
  return answered;
};

/** Whoever asks whether an activator is on the path (contract data-plane 2.2 #3). */
export const answerOwnProbe: Middleware = (next) => (exchange) => {
  const value = exchange.req.header(headers.probe);
  if (value === '') return next(exchange);
  if (value === probeValues.activator) respond(exchange, 200, probeValues.activator);
  else respondError(exchange, 400, `unexpected probe header value: "${escapeHtml(value)}"`);
  return answered;
};
