import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type Http2ServerRequest,
  type Http2ServerResponse,
  constants as h2,
} from 'node:http2';
import type { ForwardOptions } from './forward.ts';
import type { Exchange } from './handler.ts';
import { type RawHeaders, requestHeaders, responseHeaders } from './headers.ts';
import { hasBody, RequestBody } from './request-body.ts';
import { reset } from './reset-http2.ts';
import { aborted, authorityOf, connectSocket, type Target, UpstreamError, upstreamError } from './upstream.ts';

/** HTTP/2 upstreams: one session for each target, replaced when the server sends it away, dropped when idle. */
export function http2Upstreams({ connectTimeoutMs, keepAliveMs }: { connectTimeoutMs: number; keepAliveMs: number }) {
  const sessions = new Map<string, Promise<ClientHttp2Session>>();

  const open = async (target: Target, key: string): Promise<ClientHttp2Session> => {
    const socket = await connectSocket(target, connectTimeoutMs);
    const session = connect(`http://${key}`, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: 1 << 20 },
      maxSessionMemory: 64,
    });
    session.once('connect', () => session.setLocalWindowSize(4 << 20));
    // Its streams say what went wrong.
    session.on('error', () => session.destroy());
    session.on('timeout', () => session.close());
    session.setTimeout(Math.max(keepAliveMs, 1000));
    return session;
  };

  const session = async (target: Target): Promise<ClientHttp2Session> => {
    const key = authorityOf(target);
    const kept = sessions.get(key);
    if (kept) {
      const found = await kept;
      if (!found.closed && !found.destroyed) return found;
      if (sessions.get(key) === kept) sessions.delete(key);
      return session(target);
    }
    const opening = open(target, key);
    sessions.set(key, opening);
    const forget = () => {
      if (sessions.get(key) === opening) sessions.delete(key);
    };
    opening.then((s) => s.once('close', forget).once('goaway', forget), forget);
    return opening;
  };

  return {
    async forward(exchange: Exchange, options: ForwardOptions): Promise<void> {
      for (let attempt = 0; ; attempt++) {
        const using = await session(options.target);
        if (exchange.signal.aborted) throw aborted(true);
        try {
          return await forwardStream(using, exchange, options);
        } catch (error) {
          // The session was leaving as the request came; a new one may take it.
          if (attempt > 0 || !(error instanceof UpstreamError && error.code === 'GOAWAY' && error.unsent)) throw error;
        }
      }
    },
    async close(): Promise<void> {
      const all = await Promise.allSettled(sessions.values());
      for (const one of all) if (one.status === 'fulfilled') one.value.destroy();
    },
  };
}

function head(exchange: Exchange, { target, headers, authority }: ForwardOptions): string[] {
  const req = exchange.req as Http2ServerRequest;
  const out = [':method', req.method, ':scheme', 'http', ':path', req.url];
  out.push(':authority', authority ?? req.authority ?? req.headers.host ?? authorityOf(target));
  const remoteAddress = req.stream.session?.socket.remoteAddress;
  const end = requestHeaders({ rawHeaders: req.rawHeaders, remoteAddress, set: headers });
  for (let i = 0; i < end.length; i += 2) out.push(end[i]!.toLowerCase(), end[i + 1]!);
  return out;
}

function forwardStream(session: ClientHttp2Session, exchange: Exchange, options: ForwardOptions): Promise<void> {
  const req = exchange.req as Http2ServerRequest;
  const res = exchange.res as Http2ServerResponse;
  const body = hasBody(exchange) ? new RequestBody(req) : undefined;
  const { signal } = exchange;
  return new Promise((resolve, reject) => {
    let stream: ClientHttp2Stream;
    try {
      stream = session.request(head(exchange, options), { endStream: !body, waitForTrailers: body !== undefined });
    } catch (error) {
      reject(new UpstreamError(`${authorityOf(options.target)}: ${(error as Error).message}`, 'GOAWAY', true));
      return;
    }
    let failure: Error | undefined;
    let answered = false;
    let ended = false;
    const abort = () => {
      failure ??= aborted(false);
      reset(stream, h2.NGHTTP2_CANCEL);
    };
    signal.addEventListener('abort', abort);
    if (body) {
      body.on('error', () => reset(stream, h2.NGHTTP2_CANCEL));
      stream.on('wantTrailers', () => stream.sendTrailers({ ...req.trailers }));
      // Not before it is known that the session takes the stream: until then the body can go elsewhere.
      if (stream.pending) stream.once('ready', () => body.pipe(stream));
      else body.pipe(stream);
    }
    stream.on('headers', (informational) => {
      if (!res.stream.destroyed && !res.headersSent) res.stream.additionalHeaders(informational);
    });
    stream.on('response', (headers, flags, ...[raw]: unknown[]) => {
      if (res.headersSent || res.stream.destroyed) return abort();
      const status = headers[':status'] ?? 502;
      answered = true;
      ended = (flags & h2.NGHTTP2_FLAG_END_STREAM) !== 0;
      options.onResponse?.(status);
      exchange.onWrite?.();
      // A head that ends the stream must leave as such: gRPC reads its status from it.
      res.stream.respond([':status', String(status), ...responseHeaders(withoutPseudo(raw as RawHeaders), true)], {
        endStream: ended,
        waitForTrailers: !ended,
      });
    });
    stream.on('data', (chunk: Buffer) => {
      exchange.onWrite?.();
      if (res.stream.write(chunk)) return;
      stream.pause();
      res.stream.once('drain', () => stream.resume());
    });
    stream.on('trailers', (trailers) => {
      if (!res.stream.destroyed) res.addTrailers(trailers);
    });
    stream.on('end', () => {
      // A reset ends the readable side too; `close` tells of it.
      if (!answered || stream.rstCode !== h2.NGHTTP2_NO_ERROR || stream.aborted) return;
      ended = true;
      if (!res.stream.writableEnded && !res.stream.destroyed) res.stream.end();
    });
    stream.on('error', (error) => {
      failure ??= error;
    });
    stream.on('close', () => {
      signal.removeEventListener('abort', abort);
      const unsent = (stream.id === undefined || stream.rstCode === h2.NGHTTP2_REFUSED_STREAM) && !body?.touched;
      body?.destroy();
      if (answered) {
        if (!ended && !res.stream.destroyed && !res.stream.writableEnded) reset(res.stream, stream.rstCode || h2.NGHTTP2_INTERNAL_ERROR);
        resolve();
        return;
      }
      if (failure instanceof UpstreamError) reject(failure);
      else if (unsent) reject(new UpstreamError(`${authorityOf(options.target)}: the stream was refused`, 'GOAWAY', true));
      else reject(upstreamError(failure ?? new Error(`the stream ended with code ${stream.rstCode}`), options.target, false));
    });
  });
}

function withoutPseudo(raw: RawHeaders): string[] {
  const out: string[] = [];
  for (let i = 0; i < raw.length; i += 2) if (raw[i]!.charCodeAt(0) !== 58) out.push(raw[i]!, raw[i + 1]!);
  return out;
}
