import { createSecureContext } from 'node:tls';
import { tlsSettings } from '@ebb/shared/lib/tls-settings.ts';
import { EnvHttpProxyAgent, fetch, type RequestInit, type Response } from 'undici';
import { clusterBundle, trusted } from './trust.ts';

/** One request to a registry or to who gives tokens for it. Rejects with the reason there was no answer. */
export type Transport = (url: string | URL, init: RequestInit) => Promise<Response>;

/** The innermost reason of a failed request; several addresses of a host have one each. */
export function reasonOf(error: unknown): string {
  const { cause, errors, message } = error as Error & { cause?: unknown; errors?: unknown[] };
  if (errors?.[0]) return reasonOf(errors[0]);
  return cause instanceof Error ? reasonOf(cause) : message;
}

/**
 * How registries are spoken to: trust and TLS by the variables of `trusted` and TAG_TO_DIGEST_TLS_*, through the proxies of
 * HTTP_PROXY, HTTPS_PROXY and NO_PROXY. All are read once. Throws on a setting that is none.
 */
export function createTransport(env: Record<string, string | undefined>, cluster: string = clusterBundle): Transport {
  // One context for all connections: reading hundreds of certificates for each would cost more than the request.
  const connect = { secureContext: createSecureContext({ ca: trusted(env, cluster), ...tlsSettings(env, 'TAG_TO_DIGEST_') }) };
  const dispatcher = new EnvHttpProxyAgent({ connect, requestTls: connect });
  return (url, init) => fetch(url, { ...init, dispatcher });
}
