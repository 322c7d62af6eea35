import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ForwardOptions } from './forward.ts';
import type { Exchange } from './handler.ts';
import { requestHeaders, requestTarget, responseHeaders } from './headers.ts';
import { hasBody, RequestBody } from './request-body.ts';
import { headSent, markAnswered, respondError } from './respond.ts';
import { Http1Response } from './response-http1.ts';
import { aborted, authorityOf, connectSocket, upstreamError } from './upstream.ts';

/**
 * HTTP/1 requests that need a connection of their own: upgrades, and what the pool cannot do: `Expect: 100-continue`,
 * request trailers, `OPTIONS *`.
 */
export async function forwardOnce(exchange: Exchange, options: ForwardOptions, connectTimeoutMs: number): Promise<void> {
  const { signal } = exchange;
  if (signal.aborted) throw aborted(true);
  const socket = await connectSocket(options.target, connectTimeoutMs, exchange.upgrade !== undefined);
  if (signal.aborted) {
    socket.destroy();
    throw aborted(true);
  }
  const req = exchange.req as IncomingMessage;
  const line = requestTarget(req.url ?? '/');
  const headers = requestHeaders({ rawHeaders: req.rawHeaders, remoteAddress: req.socket.remoteAddress, set: options.headers });
  headers.push('Host', options.authority ?? line.authority ?? req.headers.host ?? authorityOf(options.target));
  if (exchange.upgrade) headers.push('Connection', 'Upgrade', 'Upgrade', req.headers.upgrade ?? '');
  else headers.push('Connection', 'close');
  const body = !exchange.upgrade && hasBody(exchange) ? new RequestBody(req) : undefined;
  if (body && req.headers['content-length'] === undefined) headers.push('Transfer-Encoding', 'chunked');
  if (body && req.headers.trailer) headers.push('Trailer', req.headers.trailer);
  const outgoing = request({ createConnection: () => socket, method: req.method, path: line.path, headers, setHost: false });
  const abort = () => outgoing.destroy(aborted(false));
  signal.addEventListener('abort', abort);
  try {
    if (exchange.upgrade) await upgrade(exchange, options, outgoing, exchange.upgrade);
    else await plain(exchange, options, outgoing, body);
  } finally {
    signal.removeEventListener('abort', abort);
    outgoing.on('error', () => {}).destroy();
    body?.destroy();
  }
}

function plain(exchange: Exchange, options: ForwardOptions, outgoing: ClientRequest, body: RequestBody | undefined): Promise<void> {
  const response = new Http1Response(exchange);
  const req = exchange.req as IncomingMessage;
  const send = () => {
    if (!body || body.touched) return;
    body.on('end', () => {
      const pairs: [string, string][] = [];
      for (let i = 0; i < req.rawTrailers.length; i += 2) pairs.push([req.rawTrailers[i]!, req.rawTrailers[i + 1]!]);
      if (pairs.length) outgoing.addTrailers(pairs);
      outgoing.end();
    });
    body.on('error', (error) => outgoing.destroy(error));
    body.pipe(outgoing, { end: false });
  };
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      if (!headSent(exchange)) reject(upstreamError(error, options.target, false));
      else {
        response.cut();
        resolve();
      }
    };
    outgoing.on('error', failed);
    outgoing.on('continue', () => {
      response.inform(100, []);
      send();
    });
    outgoing.on('information', ({ statusCode, rawHeaders }) => statusCode !== 100 && response.inform(statusCode, rawHeaders));
    outgoing.on('response', (incoming) => {
      if (headSent(exchange)) return failed(aborted(false));
      const status = incoming.statusCode ?? 502;
      options.onResponse?.(status);
      response.head(status, incoming.statusMessage, incoming.rawHeaders);
      incoming.on('data', (chunk: Buffer) => {
        if (response.write(chunk)) return;
        incoming.pause();
        response.res.once('drain', () => incoming.resume());
      });
      incoming.on('error', failed);
      incoming.on('end', () => {
        response.end(incoming.rawTrailers);
        resolve();
      });
    });
    outgoing.flushHeaders();
    if (!body) outgoing.end();
    else if (req.headers.expect === undefined) send();
  });
}

function upgrade(
  exchange: Exchange,
  options: ForwardOptions,
  outgoing: ClientRequest,
  { socket, head }: { socket: Duplex; head: Buffer },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      if (!headSent(exchange)) reject(upstreamError(error, options.target, false));
      else {
        socket.destroy();
        resolve();
      }
    };
    const answer = (incoming: IncomingMessage, more: string[]) => {
      const status = incoming.statusCode ?? 502;
      options.onResponse?.(status);
      markAnswered(socket);
      const flat = [...responseHeaders(incoming.rawHeaders, false), ...more];
      let text = `HTTP/1.1 ${status} ${incoming.statusMessage ?? ''}\r\n`;
      for (let i = 0; i < flat.length; i += 2) text += `${flat[i]}: ${flat[i + 1]}\r\n`;
      socket.write(`${text}\r\n`, 'latin1');
    };
    outgoing.on('error', failed);
    outgoing.on('response', (incoming) => {
      // Refused: an ordinary response that ends with the connection.
      if (headSent(exchange)) return failed(aborted(false));
      answer(incoming, ['Connection', 'close']);
      incoming.on('error', failed);
      incoming.pipe(socket);
      socket.on('close', resolve);
    });
    outgoing.on('upgrade', (incoming, upstream, early) => {
      if (headSent(exchange)) {
        upstream.destroy();
        return failed(aborted(false));
      }
      const asked = exchange.req.headers.upgrade ?? '';
      const got = incoming.headers.upgrade ?? '';
      if (asked.toLowerCase() !== got.toLowerCase()) {
        upstream.destroy();
        respondError(exchange, 502, `backend tried to switch protocol ${JSON.stringify(got)} when ${JSON.stringify(asked)} was requested`);
        return resolve();
      }
      answer(incoming, ['Connection', 'Upgrade', 'Upgrade', got]);
      if (early.length) socket.write(early);
      if (head.length) upstream.write(head);
      // Each direction ends by itself; an error or an abort ends both.
      socket.pipe(upstream).pipe(socket);
      const both = () => {
        socket.destroy();
        upstream.destroy();
      };
      exchange.signal.addEventListener('abort', both, { once: true });
      upstream.on('error', both).on('close', () => (socket.readableEnded && socket.writableEnded ? socket.end() : both()));
      socket.on('error', both).on('close', () => {
        upstream.destroy();
        resolve();
      });
    });
    outgoing.end();
  });
}
