import type { ForwardOptions } from '../forward.ts';
import type { BodySink, Exchange } from '../handler.ts';
import { trailerHeaders } from '../headers.ts';
import { respondError } from '../respond.ts';
import { aborted, upstreamError } from '../upstream.ts';
import type { Pool } from './pool.ts';
import { requestHead } from './request.ts';
import type { ResponseHead } from './response-head.ts';
import type { ServerExchange } from './server-exchange.ts';
import { ServerResponse } from './server-response.ts';
import type { UpstreamCall, UpstreamConnection } from './upstream-connection.ts';

/** Methods that may be asked again (RFC 9110, 9.2.2), of those that change nothing. */
const safe = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** One exchange on its way through an upstream of HTTP/1. */
export class Http1Call implements UpstreamCall {
  readonly method: string;
  readonly sink: BodySink;
  readonly #pool: Pool;
  readonly #exchange: Exchange;
  readonly #options: ForwardOptions;
  readonly #resolve: () => void;
  readonly #reject: (error: Error) => void;
  #connection: UpstreamConnection | undefined;
  #request: RequestSink | undefined;
  #reused = false;
  #retried = false;
  #answered = false;
  #over = false;

  constructor(pool: Pool, exchange: Exchange, options: ForwardOptions, resolve: () => void, reject: (error: Error) => void) {
    this.#pool = pool;
    this.#exchange = exchange;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    this.method = exchange.req.method;
    this.sink = exchange.res;
  }

  start(): void {
    if (this.#exchange.cancelled) {
      this.#reject(aborted(true));
      return;
    }
    this.#exchange.onCancel(this.#cancel);
    this.#pool.take(this.#options.target, false, this.#send);
  }

  #send = (error: Error | undefined, connection: UpstreamConnection | undefined): void => {
    if (this.#over) {
      if (connection) this.#pool.release(connection);
      return;
    }
    if (!connection) {
      this.#fail(error!, true);
      return;
    }
    this.#connection = connection;
    this.#reused = connection.used;
    connection.begin(this);
    const { body } = this.#exchange.req;
    const { writer } = connection;
    try {
      const { text, chunked } = requestHead(this.#exchange, this.#options);
      writer.begin(text, chunked);
    } catch (failure) {
      this.#request = new RequestSink(connection);
      this.#fail(failure as Error, false);
      return;
    }
    if (body) {
      this.#request = new RequestSink(connection);
      body.pipe(this.#request);
    }
    if (this.#connection === connection) writer.flush();
  };

  #cancel = (): void => {
    this.#fail(aborted(this.#connection === undefined), this.#connection === undefined);
  };

  informed(head: ResponseHead): void {
    this.#exchange.res.inform(head.status, head.reason, head.fields);
  }

  answered(head: ResponseHead, ends: boolean): void {
    const { res } = this.#exchange;
    // A timeout answered first.
    if (res.headersSent || res.ended) {
      this.#fail(aborted(false), false);
      return;
    }
    const { status, reason, fields, facts } = head;
    this.#options.onResponse?.(status);
    this.#answered = true;
    res.onDrain = this.#roomyForClient;
    const length = facts.chunked ? undefined : facts.length;
    if (res instanceof ServerResponse) res.head({ status, reason, fields, length, ends }, facts);
    else res.head({ status, reason, fields, length, ends });
  }

  #roomyForClient = (): void => this.#connection?.wire.resume();

  switched(head: ResponseHead, early: Buffer): void {
    const connection = this.#connection!;
    const asked = this.#exchange.upgrade;
    const got = head.facts.upgrade ?? '';
    if (this.#exchange.res.headersSent || asked?.toLowerCase() !== got.toLowerCase()) {
      connection.drop();
      respondError(
        this.#exchange,
        502,
        `backend tried to switch protocol ${JSON.stringify(got)} when ${JSON.stringify(asked ?? '')} was requested`,
      );
      this.#done();
      return;
    }
    this.#options.onResponse?.(101);
    this.#answered = true;
    const { status, reason, fields } = head;
    const exchange = this.#exchange as ServerExchange;
    exchange.join({ status, reason, fields, length: undefined, ends: true }, got, connection.wire, early, () => {
      connection.closed();
      this.#done();
    });
  }

  broken(error: Error, heard: boolean): void {
    const { req } = this.#exchange;
    // A kept connection that the server closed as the request came: nothing was answered, asking again changes nothing.
    if (this.#reused && !heard && !this.#retried && !req.body && safe.has(req.method)) {
      this.#retried = true;
      this.#connection = undefined;
      this.#pool.take(this.#options.target, true, this.#send);
      return;
    }
    this.#fail(error, false);
  }

  completed(reusable: boolean): void {
    if (this.#over) return;
    const connection = this.#connection!;
    if (reusable && (!this.#request || this.#request.ended)) this.#pool.release(connection);
    else connection.drop();
    this.#done();
  }

  roomy(): void {
    if (this.#request) this.#exchange.req.body?.resume();
  }

  #fail(error: Error, unsent: boolean): void {
    if (this.#over) return;
    const answered = this.#answered;
    this.#connection?.drop();
    this.#exchange.req.body?.unpipe();
    this.#finish();
    if (answered) {
      this.#exchange.res.cut();
      this.#resolve();
    } else this.#reject(upstreamError(error, this.#options.target, unsent));
  }

  #done(): void {
    if (this.#request && !this.#request.ended) this.#exchange.req.body?.unpipe();
    this.#finish();
    this.#resolve();
  }

  #finish(): void {
    this.#over = true;
    this.#exchange.offCancel(this.#cancel);
    this.#exchange.res.onDrain = undefined;
  }
}

/** A request's body on its way out. */
class RequestSink implements BodySink {
  readonly #connection: UpstreamConnection;
  ended = false;

  constructor(connection: UpstreamConnection) {
    this.#connection = connection;
  }

  write(chunk: Buffer): void {
    this.#connection.writer.write(chunk);
  }

  flush(): boolean {
    return this.#connection.writer.flush();
  }

  end(trailers?: readonly string[]): void {
    this.ended = true;
    this.#connection.writer.end(trailers && trailerHeaders(trailers));
  }

  /** Whoever has the exchange is told by its cancelling; an upstream that reads on must not take this for the end. */
  fail(): void {
    this.#connection.wire.socket.destroy();
  }
}
