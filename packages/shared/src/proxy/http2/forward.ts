import { type ClientHttp2Session, type ClientHttp2Stream, constants as h2 } from 'node:http2';
import type { ForwardOptions } from '../forward.ts';
import type { BodySink, Exchange } from '../handler.ts';
import { requestHeaders, requestTarget, trailerHeaders } from '../headers.ts';
import { pairsOf } from '../http1/rewrite.ts';
import { nameOf, roles } from '../names.ts';
import { aborted, authorityOf, UpstreamError, upstreamError } from '../upstream.ts';
import { reset } from './reset.ts';
import { Sessions } from './sessions.ts';

export interface Http2Upstreams {
  forward(exchange: Exchange, options: ForwardOptions): Promise<void>;
  close(): Promise<void>;
}

/** Upstreams of HTTP/2. */
export function http2Upstreams({ connectTimeoutMs, keepAliveMs }: { connectTimeoutMs: number; keepAliveMs: number }): Http2Upstreams {
  const sessions = new Sessions(connectTimeoutMs, keepAliveMs);
  return {
    async forward(exchange, options) {
      for (let attempt = 0; ; attempt++) {
        const using = sessions.open(options.target) ?? (await sessions.get(options.target));
        if (exchange.cancelled) throw aborted(true);
        try {
          return await forwardStream(using, exchange, options);
        } catch (error) {
          // The session was leaving as the request came; a new one may take it.
          if (attempt > 0 || !(error instanceof UpstreamError && error.code === 'GOAWAY' && error.unsent)) throw error;
        }
      }
    },
    close: () => sessions.close(),
  };
}

function head({ req }: Exchange, { target, headers, authority }: ForwardOptions): string[] {
  const { path, authority: named } = requestTarget(req.url);
  const out = [':method', req.method, ':scheme', 'http', ':path', path];
  out.push(':authority', authority ?? named ?? (req.authority || authorityOf(target)));
  const end = requestHeaders({ rawHeaders: pairsOf(req.fields), remoteAddress: req.remoteAddress, set: headers });
  for (let i = 0; i < end.length; i += 2) {
    const { lower, role } = nameOf(end[i]!);
    // A client of HTTP/1 gets its leave to send the body from here.
    if (role !== roles.expect) out.push(lower, end[i + 1]!);
  }
  return out;
}

function forwardStream(session: ClientHttp2Session, exchange: Exchange, options: ForwardOptions): Promise<void> {
  const { req, res } = exchange;
  const { body } = req;
  return new Promise((resolve, reject) => {
    let stream: ClientHttp2Stream;
    try {
      stream = session.request(head(exchange, options) as never, { endStream: !body, waitForTrailers: body !== undefined });
    } catch (error) {
      reject(new UpstreamError(`${authorityOf(options.target)}: ${(error as Error).message}`, 'GOAWAY', true));
      return;
    }
    let failure: Error | undefined;
    let answered = false;
    let ended = false;
    let trailers: string[] | undefined;
    const abort = () => {
      failure ??= aborted(false);
      reset(stream, h2.NGHTTP2_CANCEL);
    };
    exchange.onCancel(abort);
    if (body) {
      const send = () => {
        if (body.awaited) res.inform(100, '', []);
        body.pipe(new StreamSink(stream));
      };
      stream.on('drain', () => body.resume());
      // Not before it is known that the session takes the stream: until then the body can go elsewhere.
      if (stream.pending) stream.once('ready', send);
      else send();
    }
    stream.on('headers', (informational, _flags, ...[raw]: unknown[]) => {
      const status = informational[':status'] ?? 100;
      if (!answered) res.inform(status, '', withoutPseudo(raw as string[]));
    });
    stream.on('response', (headers, flags, ...[raw]: unknown[]) => {
      if (res.headersSent || res.ended) return abort();
      const status = headers[':status'] ?? 502;
      answered = true;
      ended = (flags & h2.NGHTTP2_FLAG_END_STREAM) !== 0;
      options.onResponse?.(status);
      res.onDrain = () => stream.resume();
      const length = headers['content-length'];
      const announced = length === undefined ? undefined : Number(length);
      res.head({ status, reason: '', fields: withoutPseudo(raw as string[]), length: announced, ends: ended });
      if (ended) res.end();
      // HTTP/2 sends a head at once; HTTP/1 waits for what may come with it.
      else if (exchange.httpMajor === 1) setImmediate(() => !res.ended && res.flush());
    });
    stream.on('data', (chunk: Buffer) => {
      res.write(chunk);
      if (!res.flush()) stream.pause();
    });
    stream.on('trailers', (...[, , raw]: unknown[]) => {
      trailers = raw as string[];
    });
    stream.on('end', () => {
      // A reset ends the readable side too; `close` tells of it.
      if (!answered || stream.rstCode !== h2.NGHTTP2_NO_ERROR || stream.aborted) return;
      ended = true;
      res.end(trailers);
    });
    stream.on('error', (error) => {
      failure ??= error;
    });
    stream.on('close', () => {
      exchange.offCancel(abort);
      res.onDrain = undefined;
      const unsent = (stream.id === undefined || stream.rstCode === h2.NGHTTP2_REFUSED_STREAM) && !body?.touched;
      body?.unpipe();
      if (answered) {
        if (!ended) res.cut(stream.rstCode || h2.NGHTTP2_INTERNAL_ERROR);
        resolve();
        return;
      }
      if (failure instanceof UpstreamError) reject(failure);
      else if (unsent) reject(new UpstreamError(`${authorityOf(options.target)}: the stream was refused`, 'GOAWAY', true));
      else reject(upstreamError(failure ?? new Error(`the stream ended with code ${stream.rstCode}`), options.target, false));
    });
  });
}

/** A request's body on its way out. */
class StreamSink implements BodySink {
  readonly #stream: ClientHttp2Stream;
  #trailers: readonly string[] = [];

  constructor(stream: ClientHttp2Stream) {
    this.#stream = stream;
    stream.on('wantTrailers', () => {
      const out: Record<string, string> = {};
      const pairs = trailerHeaders(this.#trailers);
      for (let i = 0; i < pairs.length; i += 2) out[pairs[i]!.toLowerCase()] = pairs[i + 1]!;
      stream.sendTrailers(out);
    });
  }

  write(chunk: Buffer): void {
    if (!this.#stream.destroyed && !this.#stream.writableEnded) this.#stream.write(Buffer.from(chunk));
  }

  flush(): boolean {
    return this.#stream.destroyed || !this.#stream.writableNeedDrain;
  }

  end(trailers?: readonly string[]): void {
    this.#trailers = trailers ?? [];
    this.#stream.end();
  }

  fail(): void {
    reset(this.#stream, h2.NGHTTP2_CANCEL);
  }
}

function withoutPseudo(raw: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < raw.length; i += 2) if (raw[i]!.charCodeAt(0) !== 58) out.push(raw[i]!, raw[i + 1]!);
  return out;
}
