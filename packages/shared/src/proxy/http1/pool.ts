import { authorityOf, type Target } from '../upstream.ts';
import { UpstreamConnection } from './upstream-connection.ts';
import { Wire } from './wire.ts';

export interface PoolOptions {
  connectTimeoutMs: number;
  /** How long a connection may be idle. */
  keepAliveMs: number;
  /** More requests than that wait for a connection. */
  maxSocketsPerTarget?: number;
}

type Take = (error: Error | undefined, connection: UpstreamConnection | undefined) => void;

/** The connections to one address. */
interface Upstream {
  key: string;
  target: Target;
  /** The one that was used last is at the end. */
  idle: UpstreamConnection[];
  /** Connections there are and those being made. */
  open: number;
  waiting: Take[];
}

/** No more than these are kept idle for a target (contract data-plane 1.8). */
const mostIdle = 1000;

/** Connections to backends, by address. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #upstreams = new Map<string, Upstream>();
  readonly #sweeper: NodeJS.Timeout;
  #last: Upstream | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#sweeper = setInterval(() => this.#sweep(), Math.max(options.keepAliveMs / 4, 250)).unref();
  }

  /** A connection: an idle one at once, a new one when it is there. `fresh` takes no idle one. */
  take(target: Target, fresh: boolean, take: Take): void {
    const upstream = this.#upstream(target);
    const idle = fresh ? undefined : upstream.idle.pop();
    if (idle) take(undefined, idle);
    else if (upstream.open < (this.#options.maxSocketsPerTarget ?? Number.POSITIVE_INFINITY)) this.#connect(upstream, take);
    else upstream.waiting.push(take);
  }

  /** Nobody has a request on it. */
  release(connection: UpstreamConnection): void {
    if (connection.dead) return;
    const upstream = this.#upstreams.get(connection.key);
    const next = upstream?.waiting.shift();
    if (next) next(undefined, connection);
    else if (upstream && upstream.idle.length < mostIdle) {
      connection.idleSince = performance.now();
      connection.wire.resume();
      upstream.idle.push(connection);
    } else connection.wire.socket.destroy();
  }

  close(): void {
    clearInterval(this.#sweeper);
    for (const { idle } of this.#upstreams.values()) for (const { wire } of idle) wire.socket.destroy();
    this.#upstreams.clear();
    this.#last = undefined;
  }

  #upstream(target: Target): Upstream {
    if (this.#last?.target === target) return this.#last;
    const key = authorityOf(target);
    let upstream = this.#upstreams.get(key);
    if (!upstream) {
      upstream = { key, target, idle: [], open: 0, waiting: [] };
      this.#upstreams.set(key, upstream);
    }
    this.#last = upstream;
    return upstream;
  }

  #connect(upstream: Upstream, take: Take): void {
    upstream.open++;
    Wire.connect(upstream.target, this.#options.connectTimeoutMs, (error, wire) => {
      if (!error) return take(undefined, new UpstreamConnection(wire, upstream.key, (connection) => this.#gone(upstream, connection)));
      this.#left(upstream);
      take(error, undefined);
    });
  }

  #gone(upstream: Upstream, connection: UpstreamConnection): void {
    const at = upstream.idle.indexOf(connection);
    if (at >= 0) upstream.idle.splice(at, 1);
    this.#left(upstream);
  }

  #left(upstream: Upstream): void {
    upstream.open--;
    const next = upstream.waiting.shift();
    if (next) this.#connect(upstream, next);
  }

  #sweep(): void {
    const before = performance.now() - this.#options.keepAliveMs;
    for (const upstream of this.#upstreams.values()) {
      // Copied, as whoever closes leaves the list; the longest idle ones are in front.
      for (const connection of [...upstream.idle]) {
        if (connection.idleSince > before) break;
        upstream.idle.shift();
        connection.wire.socket.destroy();
      }
      if (upstream.open > 0) continue;
      this.#upstreams.delete(upstream.key);
      if (this.#last === upstream) this.#last = undefined;
    }
  }
}
