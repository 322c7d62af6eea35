import { http1Upstreams } from './forward-http1.ts';
import { http2Upstreams } from './forward-http2.ts';
import { forwardOnce } from './forward-once.ts';
import type { Exchange } from './handler.ts';
import type { Target } from './upstream.ts';

export { type Target, UpstreamError } from './upstream.ts';

export interface ForwardOptions {
  target: Target;
  /** Request headers set over the client's (lower-case names); undefined removes one. */
  headers?: Record<string, string | undefined>;
  /** Replaces the Host or :authority header. */
  authority?: string;
  /** Told when the response head comes, before it is written to the client. */
  onResponse?: (status: number) => void;
}

export interface Forwarder {
  /**
   * Streams request and response with back-pressure, trailers both ways, 1xx and upgrades; the protocol upstream is
   * the inbound one. Rejects with UpstreamError only while the response head is not written; afterwards it cuts the
   * client's response and resolves. The exchange's signal aborts upstream.
   */
  forward(exchange: Exchange, options: ForwardOptions): Promise<void>;
  close(): Promise<void>;
}

export interface ForwarderOptions {
  /** 10 s when absent. */
  connectTimeoutMs?: number;
  /** How long an upstream connection may be idle; 4 s when absent, below what servers usually allow. */
  keepAliveMs?: number;
  /** No limit when absent; requests above it wait. */
  maxSocketsPerTarget?: number;
}

/** The way upstream (contract data-plane 1.8). */
export function createForwarder(options: ForwarderOptions = {}): Forwarder {
  const { connectTimeoutMs = 10_000, keepAliveMs = 4000, maxSocketsPerTarget } = options;
  const http1 = http1Upstreams({ connectTimeoutMs, keepAliveMs, maxSocketsPerTarget });
  const http2 = http2Upstreams({ connectTimeoutMs, keepAliveMs });
  return {
    forward(exchange, target) {
      if (exchange.httpMajor === 2) return http2.forward(exchange, target);
      const { url, headers } = exchange.req;
      const alone = exchange.upgrade !== undefined || headers.expect !== undefined || headers.trailer !== undefined || url === '*';
      return alone ? forwardOnce(exchange, target, connectTimeoutMs) : http1.forward(exchange, target);
    },
    async close() {
      await Promise.all([http1.close(), http2.close()]);
    },
  };
}
