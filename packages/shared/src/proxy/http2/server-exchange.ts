import { constants as h2, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { BodySink, Exchange, ProxyRequest, ProxyResponse, RawFields, RequestBody, UpstreamHead } from '../handler.ts';
import { responseHeaders, trailerHeaders } from '../headers.ts';
import { pairsOf } from '../http1/rewrite.ts';
import { Lifetime } from '../lifetime.ts';
import { nameOf, roles } from '../names.ts';
import { reset } from './reset.ts';

/** A request of HTTP/2. */
class StreamRequest implements ProxyRequest {
  readonly method: string;
  readonly url: string;
  readonly fields: readonly string[];
  readonly body: StreamBody | undefined;
  readonly remoteAddress: string | undefined;
  readonly version = 'HTTP/2.0';
  readonly #stream: ServerHttp2Stream;
  readonly #given: IncomingHttpHeaders;
  #headers: Record<string, string> | undefined;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, fields: readonly string[], hasBody: boolean) {
    this.#stream = stream;
    this.#given = headers;
    this.method = headers[':method'] ?? '';
    this.url = headers[':path'] ?? '';
    this.fields = fields;
    this.body = hasBody ? new StreamBody(stream, lengthOf(headers['content-length'])) : undefined;
    this.remoteAddress = stream.session?.socket?.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#stream.session?.socket?.remotePort;
  }

  get authority(): string {
    return this.#given[':authority'] ?? this.#given.host ?? '';
  }

  header(name: string): string {
    const value = this.#given[name];
    return (Array.isArray(value) ? value[0] : value) ?? '';
  }

  get headers(): Record<string, string> {
    if (!this.#headers) {
      const all: Record<string, string> = Object.create(null);
      for (const name in this.#given) {
        const value = this.#given[name];
        if (value !== undefined) all[name] = Array.isArray(value) ? value.join(', ') : value;
      }
      this.#headers = all;
    }
    return this.#headers;
  }
}

const lengthOf = (value: string | undefined): number | undefined =>
  value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;

class StreamBody implements RequestBody {
  readonly length: number | undefined;
  touched = false;
  awaited = false;
  readonly #stream: ServerHttp2Stream;
  #sink: BodySink | undefined;
  #listening = false;
  #ended = false;
  #trailers: string[] | undefined;

  constructor(stream: ServerHttp2Stream, length: number | undefined) {
    this.#stream = stream;
    this.length = length;
    // They may come before anybody wants the body.
    stream.on('trailers', (...[, , raw]: unknown[]) => {
      this.#trailers = raw as string[];
    });
  }

  pipe(sink: BodySink): void {
    this.#sink = sink;
    this.#listen();
    this.#stream.resume();
  }

  #listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    const stream = this.#stream;
    stream.on('data', (chunk: Buffer) => {
      this.touched = true;
      this.#sink?.write(chunk);
      if (this.#sink && !this.#sink.flush()) stream.pause();
    });
    stream.on('end', () => {
      // A reset ends the readable side too; the exchange is cancelled then.
      if (stream.aborted || stream.rstCode !== h2.NGHTTP2_NO_ERROR) return;
      this.#ended = true;
      this.#sink?.end(this.#trailers);
      this.#sink?.flush();
    });
    stream.on('close', () => {
      if (!this.#ended) this.#sink?.fail(new Error('the client broke its request off'));
    });
  }

  resume(): void {
    this.#stream.resume();
  }

  unpipe(): void {
    this.#sink = undefined;
    // What is left is thrown away, or the window of the session would be gone for good.
    if (this.touched) this.#stream.resume();
    else this.#stream.pause();
  }
}

/** The response of one stream. */
class StreamResponse implements ProxyResponse {
  headersSent = false;
  statusCode = 200;
  bodyBytes = 0;
  onDrain: (() => void) | undefined;
  readonly #exchange: StreamExchange;
  readonly #stream: ServerHttp2Stream;
  #hasLength = false;
  #ended = false;
  #trailers: string[] | undefined;

  constructor(exchange: StreamExchange, stream: ServerHttp2Stream) {
    this.#exchange = exchange;
    this.#stream = stream;
    this.onDrain = undefined;
  }

  get ended(): boolean {
    return this.#ended || this.#stream.destroyed || this.#stream.closed;
  }

  inform(status: number, _reason: string, fields: RawFields): void {
    if (this.headersSent || this.ended) return;
    const headers: Record<string, string | string[]> = {};
    const pairs = responseHeaders(pairsOf(fields), false);
    for (let i = 0; i < pairs.length; i += 2) {
      const name = pairs[i]!.toLowerCase();
      const before = headers[name];
      headers[name] = before === undefined ? pairs[i + 1]! : [before, pairs[i + 1]!].flat();
    }
    this.#stream.additionalHeaders({ ':status': status, ...headers });
  }

  head({ status, fields, length, ends }: UpstreamHead): void {
    if (this.ended) return;
    const out = [':status', String(status)];
    const pairs = responseHeaders(pairsOf(fields), true);
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i]!.charCodeAt(0) !== 58) out.push(pairs[i]!.toLowerCase(), pairs[i + 1]!);
    this.#hasLength = length !== undefined;
    this.#start(status, out, ends);
  }

  #start(status: number, raw: string[], ends: boolean): void {
    this.headersSent = true;
    this.statusCode = status;
    this.#exchange.onWrite?.();
    // A head that ends the stream must leave as such: gRPC reads its status from it.
    this.#stream.respond(raw as never, { endStream: ends, waitForTrailers: !ends });
    if (ends) this.#ended = true;
    else {
      this.#stream.on('wantTrailers', () => this.#sendTrailers());
      this.#stream.on('drain', () => this.onDrain?.());
    }
  }

  #sendTrailers(): void {
    const trailers: Record<string, string | string[]> = {};
    const pairs = trailerHeaders(this.#trailers ?? []);
    for (let i = 0; i < pairs.length; i += 2) {
      const name = pairs[i]!.toLowerCase();
      const before = trailers[name];
      trailers[name] = before === undefined ? pairs[i + 1]! : [before, pairs[i + 1]!].flat();
    }
    this.#stream.sendTrailers(trailers);
  }

  write(chunk: Buffer): void {
    // The bytes are lent, and a stream keeps what it cannot send at once.
    if (this.ended) return;
    this.bodyBytes += chunk.length;
    this.#stream.write(Buffer.from(chunk));
  }

  flush(): boolean {
    this.#exchange.onWrite?.();
    return this.ended || !this.#stream.writableNeedDrain;
  }

  end(trailers?: readonly string[]): void {
    if (this.ended) return;
    this.#ended = true;
    this.#trailers = trailers ? [...trailers] : undefined;
    this.#stream.end();
  }

  answer(status: number, headers: Readonly<Record<string, string>>, body: string): void {
    const raw = [':status', String(status)];
    for (const name in headers) {
      const { role } = nameOf(name);
      if (role === roles.endToEnd || role > roles.upgrade) raw.push(name, headers[name]!);
    }
    const silent = body === '' || this.#exchange.req.method === 'HEAD';
    this.#start(status, raw, silent);
    if (!silent) {
      this.#ended = true;
      this.bodyBytes += Buffer.byteLength(body);
      this.#stream.end(body);
    }
  }

  endWith(text: string): void {
    if (this.ended) return;
    // Text beyond the announced length would break the protocol.
    if (this.#hasLength) {
      this.cut(h2.NGHTTP2_CANCEL);
      return;
    }
    this.#ended = true;
    this.#stream.end(text);
  }

  fail(): void {
    this.cut();
  }

  cut(code: number = h2.NGHTTP2_INTERNAL_ERROR): void {
    if (this.#stream.destroyed || this.#stream.closed) return;
    this.#ended = true;
    reset(this.#stream, code);
  }
}

/** An exchange of HTTP/2. */
export class StreamExchange extends Lifetime implements Exchange {
  readonly req: ProxyRequest;
  readonly res: ProxyResponse;
  readonly httpMajor = 2;
  readonly upgrade = undefined;
  onWrite: (() => void) | undefined;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, fields: readonly string[], hasBody: boolean) {
    super();
    this.onWrite = undefined;
    this.req = new StreamRequest(stream, headers, fields, hasBody);
    this.res = new StreamResponse(this, stream);
  }
}
