import type { IncomingMessage } from 'node:http';
import type { Dispatcher } from 'undici';
import type { ForwardOptions } from './forward.ts';
import type { Exchange } from './handler.ts';
import { requestHeaders, requestTarget } from './headers.ts';
import { hasBody, RequestBody } from './request-body.ts';
import { Http1Response } from './response-http1.ts';
import { Pool } from './undici-pool.ts';
import { aborted, authorityOf, type Target, upstreamError } from './upstream.ts';

interface Upstream {
  pool: Pool;
  requests: number;
  idleSince: number;
}

export interface Http1Options {
  connectTimeoutMs: number;
  keepAliveMs: number;
  maxSocketsPerTarget?: number;
}

/** HTTP/1 upstreams: a pool of connections for each target, dropped when it was idle for a while. */
export function http1Upstreams({ connectTimeoutMs, keepAliveMs, maxSocketsPerTarget }: Http1Options) {
  const upstreams = new Map<string, Upstream>();
  const idleMs = Math.max(keepAliveMs, 1000);
  const sweep = setInterval(() => {
    const now = performance.now();
    for (const [key, { pool, requests, idleSince }] of upstreams) {
      if (requests > 0 || now - idleSince < idleMs) continue;
      upstreams.delete(key);
      void pool.close().catch(() => {});
    }
  }, idleMs).unref();

  const upstream = (target: Target): Upstream => {
    const key = authorityOf(target);
    let found = upstreams.get(key);
    if (!found) {
      const pool = new Pool(`http://${key}`, {
        connections: maxSocketsPerTarget ?? null,
        connect: { timeout: connectTimeoutMs, keepAliveInitialDelay: 5000 },
        keepAliveTimeout: keepAliveMs,
        // Time limits are the request path's business, not the pool's.
        headersTimeout: 0,
        bodyTimeout: 0,
        maxHeaderSize: 128 * 1024,
      });
      found = { pool, requests: 0, idleSince: 0 };
      upstreams.set(key, found);
    }
    return found;
  };

  return {
    async forward(exchange: Exchange, options: ForwardOptions): Promise<void> {
      const found = upstream(options.target);
      found.requests++;
      try {
        await new Promise<void>((resolve, reject) => new Http1Forwarding(found.pool, exchange, options, resolve, reject).start());
      } finally {
        found.requests--;
        found.idleSince = performance.now();
      }
    },
    async close(): Promise<void> {
      clearInterval(sweep);
      const all = [...upstreams.values()];
      upstreams.clear();
      await Promise.all(all.map(({ pool }) => pool.destroy()));
    },
  };
}

/** One request on its way through an undici pool. A class, because one is made for each request. */
class Http1Forwarding implements Dispatcher.DispatchHandler {
  #pool: Pool;
  #exchange: Exchange;
  #options: ForwardOptions;
  #resolve: () => void;
  #reject: (error: Error) => void;
  #response: Http1Response;
  #body: RequestBody | null;
  #controller: Dispatcher.DispatchController | undefined;
  #head = false;
  #over = false;
  #retried = false;

  constructor(pool: Pool, exchange: Exchange, options: ForwardOptions, resolve: () => void, reject: (error: Error) => void) {
    this.#pool = pool;
    this.#exchange = exchange;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#response = new Http1Response(exchange);
    this.#body = hasBody(exchange) ? new RequestBody(exchange.req) : null;
  }

  start(): void {
    const { signal } = this.#exchange;
    if (signal.aborted) {
      this.#reject(aborted(true));
      return;
    }
    signal.addEventListener('abort', this.#abort);
    this.#dispatch();
  }

  #dispatch(): void {
    const req = this.#exchange.req as IncomingMessage;
    const { headers, authority, target } = this.#options;
    const line = requestTarget(req.url ?? '/');
    const all = requestHeaders({ rawHeaders: req.rawHeaders, remoteAddress: req.socket.remoteAddress, set: headers });
    all.push('host', authority ?? line.authority ?? req.headers.host ?? authorityOf(target));
    try {
      this.#pool.dispatch({ path: line.path, method: req.method as Dispatcher.HttpMethod, headers: all, body: this.#body }, this);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #abort = () => {
    if (this.#controller) this.#controller.abort(aborted(false));
    else this.#fail(aborted(true));
  };

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(aborted(true));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _headers: unknown, statusText?: string): void {
    const raw = (controller as { rawHeaders?: Buffer[] | string[] | null }).rawHeaders ?? [];
    if (status < 200) {
      this.#response.inform(status, raw);
      return;
    }
    // A timeout answered first.
    if (this.#response.res.headersSent) {
      controller.abort(aborted(false));
      return;
    }
    this.#options.onResponse?.(status);
    this.#head = true;
    this.#response.head(status, statusText, raw);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#response.write(chunk)) return;
    controller.pause();
    this.#response.res.once('drain', () => controller.resume());
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.#response.end((controller as { rawTrailers?: Buffer[] | string[] | null }).rawTrailers);
    this.#done();
    this.#resolve();
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#fail(error);
  }

  #fail(error: Error): void {
    if (this.#over) return;
    const started = this.#controller !== undefined;
    if (started && !this.#head && !this.#retried && this.#stale(error)) {
      this.#retried = true;
      this.#controller = undefined;
      this.#dispatch();
      return;
    }
    this.#done();
    if (this.#head) {
      this.#response.cut();
      this.#resolve();
    } else this.#reject(upstreamError(error, this.#options.target, !started && !this.#body?.touched));
  }

  /** A kept connection that the server closed as the request came: nothing was answered, and asking again changes nothing. */
  #stale(error: Error): boolean {
    const { code } = error as { code?: string };
    const { method = '' } = this.#exchange.req;
    return (
      !this.#body &&
      !this.#exchange.signal.aborted &&
      ['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method) &&
      (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE')
    );
  }

  #done(): void {
    this.#over = true;
    this.#body?.destroy();
    this.#exchange.signal.removeEventListener('abort', this.#abort);
  }
}
