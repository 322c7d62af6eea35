import type { Exchange } from './handler.ts';
import { Http1Call } from './http1/call.ts';
import { Pool } from './http1/pool.ts';
import type { Http2Upstreams } from './http2/forward.ts';
import type { Target } from './upstream.ts';

export { type Target, UpstreamError } from './upstream.ts';

export interface ForwardOptions {
  target: Target;
  /** Request headers set over the client's (lower-case names); undefined removes one. */
  headers?: Readonly<Record<string, string | undefined>>;
  /** Replaces the Host or :authority header. */
  authority?: string;
  /** What the target speaks; the inbound protocol when absent. Upgrades are always HTTP/1. */
  protocol?: 'http1' | 'h2c';
  /** Told when the response head comes, before it is written to the client. */
  onResponse?: (status: number) => void;
}

export interface Forwarder {
  /**
   * Streams request and response with back-pressure, trailers both ways, 1xx and upgrades. Rejects with UpstreamError
   * only while the response head is not written; afterwards it cuts the client's response and resolves. What cancels the
   * exchange aborts upstream.
   */
  forward(exchange: Exchange, options: ForwardOptions): Promise<void>;
  close(): Promise<void>;
}

export interface ForwarderOptions {
  /** 10 s when absent. */
  connectTimeoutMs?: number;
  /** How long an upstream connection may be idle; 4 s when absent, below what servers usually allow. */
  keepAliveMs?: number;
  /** No limit when absent; requests above it wait. HTTP/1 only. */
  maxSocketsPerTarget?: number;
}

/** The way upstream (contract data-plane 1.8). */
export function createForwarder(options: ForwarderOptions = {}): Forwarder {
  const { connectTimeoutMs = 10_000, keepAliveMs = 4000, maxSocketsPerTarget } = options;
  const pool = new Pool({ connectTimeoutMs, keepAliveMs, maxSocketsPerTarget });
  let http2: Http2Upstreams | undefined;
  let loading: Promise<Http2Upstreams> | undefined;
  // Loaded when it is needed: most pods never see HTTP/2, and start sooner without it.
  const loadHttp2 = async () => {
    http2 = (await import('./http2/forward.ts')).http2Upstreams({ connectTimeoutMs, keepAliveMs });
    return http2;
  };
  return {
    forward(exchange, to) {
      const protocol = to.protocol ?? (exchange.httpMajor === 2 ? 'h2c' : 'http1');
      if (protocol === 'http1' || exchange.upgrade !== undefined)
        return new Promise((resolve, reject) => new Http1Call(pool, exchange, to, resolve, reject).start());
      if (http2) return http2.forward(exchange, to);
      loading ??= loadHttp2();
      return loading.then((upstreams) => upstreams.forward(exchange, to));
    },
    async close() {
      pool.close();
      await (await loading)?.close();
    },
  };
}
