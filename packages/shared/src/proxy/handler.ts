import type { Span } from '../telemetry/trace.ts';
import type { Fields } from './http1/head.ts';
import type { Lifetime } from './lifetime.ts';

/** Headers as they came: cut but not copied (HTTP/1), or name, value, name, value (HTTP/2, and whoever makes some). */
export type RawFields = Fields | readonly string[];

/** A request of either protocol. */
export interface ProxyRequest {
  readonly method: string;
  /** The target as it came: path and query, absolute form, or `*`. */
  readonly url: string;
  /** Lower-case names, `:authority` included in HTTP/2; lines of one name are joined by `, `. Made when asked for: `header` is cheaper. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The value of a header by its lower-case name, of its first line when it has several; '' when it is absent. */
  header(name: string): string;
  readonly fields: RawFields;
  /** Host, or `:authority`; '' when the client sent none. */
  readonly authority: string;
  readonly remoteAddress: string | undefined;
  /** Undefined once the connection is closed. */
  readonly remotePort: number | undefined;
  /** `HTTP/1.0`, `HTTP/1.1` or `HTTP/2.0`. */
  readonly version: string;
  /** Absent when the request has none. */
  readonly body?: RequestBody;
}

/** A request's body on its way in. Nothing of it is read before it has a sink, but for what the client sent with the head. */
export interface RequestBody {
  /** As announced; undefined for chunks and HTTP/2. */
  readonly length: number | undefined;
  /** Whether bytes of it were handed out: it cannot be sent elsewhere any more. */
  readonly touched: boolean;
  /** The client waits for leave to send it (`Expect: 100-continue`). */
  readonly awaited: boolean;
  /** Starts; what has come is delivered at once. */
  pipe(sink: BodySink): void;
  /** The sink that asked for a pause can take more. */
  resume(): void;
  /** Takes the sink away: what is left is thrown away, or waits for another sink when nothing was touched. */
  unpipe(): void;
}

/** Where a body goes. */
export interface BodySink {
  /** The bytes are valid during the call only. */
  write(chunk: Buffer): void;
  /** After each burst of writes and ends; false asks the source to pause. */
  flush(): boolean;
  /** Trailers as name, value, name, value. */
  end(trailers?: readonly string[]): void;
  /** The source broke off: there will be no end. */
  fail(error: Error): void;
}

/** An upstream's response head, from either protocol. */
export interface UpstreamHead {
  status: number;
  reason: string;
  fields: RawFields;
  /** The body's length when it was announced. */
  length: number | undefined;
  /** No body follows, and no trailers. */
  ends: boolean;
}

/** The response to the client: a sink for the body, after a head. */
export interface ProxyResponse extends BodySink {
  readonly headersSent: boolean;
  /** 200 until the head is sent. */
  readonly statusCode: number;
  /** Bytes of the body so far, without its framing. */
  readonly bodyBytes: number;
  /** The response is complete, or broke off. */
  readonly ended: boolean;
  /** 1xx, but for 101. */
  inform(status: number, reason: string, fields: RawFields): void;
  /** An upstream's head without what belongs to its connection. */
  head(head: UpstreamHead): void;
  /** A whole response of our own; names in lower case. */
  answer(status: number, headers: Readonly<Record<string, string>>, body: string): void;
  /** Ends a body that has begun with some text; breaks the response off where its length was announced. */
  endWith(text: string): void;
  /** Breaks off: the client can tell the response is not complete. `code` is HTTP/2's. */
  cut(code?: number): void;
  /** Told when the client keeps up again after `flush` gave false. */
  onDrain: (() => void) | undefined;
}

/**
 * One exchange on its way through the request path. Handlers are composed outermost first and call the next one;
 * a handler that answers by itself does not.
 */
export interface Exchange extends Lifetime {
  readonly req: ProxyRequest;
  readonly res: ProxyResponse;
  /** The protocol an HTTP/1.1 client wants to switch its connection to. */
  readonly upgrade?: string;
  /** 1 or 2: the protocol upstream is the inbound one unless told otherwise (contract data-plane 1.8). */
  readonly httpMajor: 1 | 2;
  /** Told by whoever writes to the client, at the response head and at each burst of its body: what idle timeouts run on. */
  onWrite?: () => void;
  /** The innermost span under way, where traces are on. */
  trace?: Span;
}

/** Resolves when the exchange is over: the response ended or failed, or the upgraded connection closed. */
export type Handler<E extends Exchange = Exchange> = (exchange: E) => Promise<void>;
/** A layer; `E` is an exchange with what outer layers found out about it. */
export type Middleware<E extends Exchange = Exchange> = (next: Handler<E>) => Handler<E>;

/** A request path as one list, outermost first. */
export function compose<E extends Exchange = Exchange>(stack: Middleware<E>[], innermost: Handler<E>): Handler<E> {
  return stack.reduceRight((next, layer) => layer(next), innermost);
}
