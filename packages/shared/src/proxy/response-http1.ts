import type { ServerResponse } from 'node:http';
import type { Exchange } from './handler.ts';
import { responseHeaders } from './headers.ts';

/** Writes an upstream's response to an HTTP/1 client. Its head leaves with the first bytes of the body, or at once when none come with it. */
export class Http1Response {
  readonly res: ServerResponse;
  #exchange: Exchange;
  #wrote = false;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    this.res = exchange.res as ServerResponse;
  }

  inform(status: number, rawHeaders: readonly (string | Buffer)[]): void {
    const { res } = this;
    if (status === 100) res.writeContinue();
    else if (status === 102) res.writeProcessing();
    else if (status === 103) {
      const hints: Record<string, string | string[]> = {};
      const raw = responseHeaders(rawHeaders, false);
      for (let i = 0; i < raw.length; i += 2) {
        const name = raw[i]!.toLowerCase();
        const before = hints[name];
        hints[name] = before === undefined ? raw[i + 1]! : [before, raw[i + 1]!].flat();
      }
      if (hints.link) res.writeEarlyHints(hints as Record<string, string | string[]> & { link: string });
    }
  }

  head(status: number, statusText: string | undefined, rawHeaders: readonly (string | Buffer)[]): void {
    const { res } = this;
    const bodyless = res.req.method === 'HEAD' || status === 204 || status === 304;
    this.#exchange.onWrite?.();
    res.writeHead(status, statusText, responseHeaders(rawHeaders, !bodyless && res.req.httpVersionMinor > 0));
    process.nextTick(() => {
      if (!this.#wrote && !res.writableEnded) res.flushHeaders();
    });
  }

  /** False when the client does not keep up: wait for `drain`. */
  write(chunk: Buffer): boolean {
    this.#wrote = true;
    this.#exchange.onWrite?.();
    return this.res.write(chunk);
  }

  end(rawTrailers: readonly (string | Buffer)[] | null | undefined): void {
    const { res } = this;
    if (rawTrailers?.length && res.chunkedEncoding) {
      const flat = responseHeaders(rawTrailers, false);
      const pairs: [string, string][] = [];
      for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i]!, flat[i + 1]!]);
      res.addTrailers(pairs);
    }
    res.end();
  }

  /** The upstream broke off: so does the client's response, since its end would be a lie. */
  cut(): void {
    if (!this.res.writableEnded) this.res.destroy();
  }
}
