import type { Handler } from '../handler.ts';
import { openingOf } from '../preface.ts';
import { respondError } from '../respond.ts';
import { bodyReader } from './body-reader.ts';
import { cr, lf } from './bytes.ts';
import { ProtocolError } from './head.ts';
import { HeadReader } from './head-reader.ts';
import { parseRequest, type RequestHead } from './request-head.ts';
import { ServerBody } from './server-body.ts';
import { ServerExchange } from './server-exchange.ts';
import type { Wire, WireOwner } from './wire.ts';
import { MessageWriter } from './writer.ts';

/** What all connections of a listener share. */
export interface ServerContext {
  handler: Handler;
  maxHeaderBytes: number;
  /** How long a connection may be idle, or take to send a request head, in milliseconds. */
  headTimeoutMs: number;
  /** Responses tell clients to leave. */
  leaving: boolean;
  began(exchange: ServerExchange): void;
  /** The exchange's handler has settled and its response has ended, or its connection closed. */
  over(exchange: ServerExchange): void;
  /** Nothing more is served: a connection that becomes idle ends. */
  ending: boolean;
  /** A client opened with HTTP/2 and these bytes: it is somebody else's from here on. */
  http2(connection: ServerConnection, bytes: Buffer): void;
  closed(connection: ServerConnection): void;
}

/** So much of what came early is kept before the client is made to wait; above it, its going away is not seen either. */
const heldLimit = 64 * 1024;
/** How long a client that is to leave may take to do so: closing at once could destroy the response on its way. */
const lingerMs = 1000;

/** One client's connection of HTTP/1: request after request, one at a time. */
export class ServerConnection implements WireOwner {
  wire!: Wire;
  writer!: MessageWriter;
  remoteAddress: string | undefined;
  exchange: ServerExchange | undefined;
  /** No further request is read. */
  closing = false;
  /** When the client has been waited for too long (performance.now); Infinity while it is the one that waits. */
  deadline: number;
  readonly #context: ServerContext;
  readonly #heads: HeadReader<RequestHead>;
  #body: ServerBody | undefined;
  #held: Buffer | undefined;
  /** Until the first bytes have told HTTP/1 from HTTP/2. */
  #unknown = true;
  #pumping = false;
  #lingering = false;

  constructor(context: ServerContext) {
    this.#context = context;
    this.#heads = new HeadReader(parseRequest, context.maxHeaderBytes);
    this.deadline = performance.now() + context.headTimeoutMs;
  }

  /** Starts on a wire whose owner this is. */
  start(wire: Wire): this {
    this.wire = wire;
    this.writer = new MessageWriter(wire);
    this.remoteAddress = wire.socket.remoteAddress;
    return this;
  }

  get idle(): boolean {
    return !this.exchange && !this.#lingering && !this.#heads.begun;
  }

  data(bytes: Buffer): void {
    if (this.#lingering) return;
    if (this.#unknown) {
      this.#open(bytes);
      return;
    }
    if (this.#held) {
      this.#hold(bytes, 0);
      return;
    }
    const next = this.#consume(bytes);
    if (next < bytes.length) this.#hold(bytes, next);
  }

  /** The first byte that differs from HTTP/2's preface decides, so nobody waits for more than was sent. */
  #open(bytes: Buffer): void {
    const all = this.#held ? Buffer.concat([this.#held, bytes]) : bytes;
    const kind = openingOf(all);
    if (kind === 'unknown') {
      this.#held = all === bytes ? Buffer.from(bytes) : all;
      return;
    }
    this.#held = undefined;
    this.#unknown = false;
    if (kind === 'http2') this.#context.http2(this, Buffer.from(all));
    else this.data(all);
  }

  /** Goes on with what was held, as something can take it now. */
  pump(): void {
    if (this.#pumping) return;
    const held = this.#held;
    if (held) {
      this.#held = undefined;
      const next = this.#consume(held);
      if (next < held.length) this.#held = held.subarray(next);
    }
    if (!this.#held && !this.#body?.blocked && !this.#lingering) this.wire.resume();
  }

  /** Returns the position after what could be taken. */
  #consume(bytes: Buffer): number {
    this.#pumping = true;
    let at = 0;
    try {
      while (at < bytes.length && !this.#lingering) {
        if (!(this.#body ? this.#body.takes : !this.exchange && this.wire.writable)) break;
        at = this.#body ? this.#readBody(this.#body, bytes, at) : this.#readHead(bytes, at);
      }
    } catch (error) {
      at = bytes.length;
      this.#refuse(error);
    } finally {
      this.#pumping = false;
    }
    return this.#lingering || this.wire.owner !== this ? bytes.length : at;
  }

  #readBody(body: ServerBody, bytes: Buffer, from: number): number {
    const next = body.feed(bytes, from);
    if (body !== this.#body) return next;
    if (body.done) this.#read();
    else if (body.blocked) this.wire.pause();
    else if (body.hopeless) this.#linger();
    return next;
  }

  #readHead(bytes: Buffer, from: number): number {
    let at = from;
    // Blank lines before a request are no part of it (RFC 9112, 2.2).
    if (!this.#heads.begun) while (bytes[at] === cr && bytes[at + 1] === lf) at += 2;
    if (at === bytes.length) return at;
    if (!this.#heads.begun) this.deadline = performance.now() + this.#context.headTimeoutMs;
    const head = this.#heads.read(bytes, at);
    if (!head) return bytes.length;
    this.#begin(head);
    return head.next;
  }

  #begin(head: RequestHead): void {
    const { facts, minor } = head;
    this.deadline = Number.POSITIVE_INFINITY;
    if (facts.close || (minor === 0 && !facts.keepAlive) || this.#context.leaving) this.closing = true;
    const hasBody = facts.chunked || (facts.length !== undefined && facts.length > 0);
    if (hasBody) {
      const awaited = facts.expect !== undefined && minor > 0;
      this.#body = new ServerBody(this, bodyReader(facts.chunked, facts.length), facts.length, awaited);
    }
    const exchange = new ServerExchange(this, head, this.#body);
    this.exchange = exchange;
    this.#context.began(exchange);
    this.#context.handler(exchange).then(
      () => this.#settled(exchange),
      (error: Error) => this.#settled(exchange, error),
    );
  }

  #settled(exchange: ServerExchange, error?: Error): void {
    exchange.settled = true;
    exchange.end(error);
    if (error && !exchange.res.headersSent && !exchange.res.ended) respondError(exchange, 502, error.message);
    // Whoever is done without an answer has none to give.
    else if (!exchange.res.ended) exchange.res.cut();
    this.#context.over(exchange);
  }

  /** From now on this connection takes no further request; the response under way says so if its head is not out. */
  closeAfter(): void {
    this.closing = true;
  }

  /** The exchange's response is written. */
  responded(): void {
    const exchange = this.exchange!;
    if (exchange.settled) this.#context.over(exchange);
    const body = this.#body;
    if (this.closing) {
      this.#linger();
      return;
    }
    if (body && !body.done) {
      if (body.hopeless) {
        this.#linger();
        return;
      }
      this.deadline = performance.now() + this.#context.headTimeoutMs;
      body.discard();
      return;
    }
    this.#next();
  }

  /** The request's body has been read. */
  #read(): void {
    this.#body = undefined;
    if (this.exchange?.res.ended) this.#next();
  }

  #next(): void {
    this.exchange = undefined;
    this.#body = undefined;
    this.deadline = performance.now() + this.#context.headTimeoutMs;
    if (this.#context.ending) this.#linger();
    else if (this.#held) this.pump();
  }

  #hold(bytes: Buffer, from: number): void {
    const more = bytes.subarray(from);
    this.#held = this.#held ? Buffer.concat([this.#held, more]) : Buffer.from(more);
    if (this.#held.length >= heldLimit || this.#body?.blocked) this.wire.pause();
  }

  /** Not HTTP: the client is told when it waits for nothing else, and has to go. */
  #refuse(error: unknown): void {
    const { status = 400, message } = error as Partial<ProtocolError> & Error;
    if (!(error instanceof ProtocolError)) throw error;
    const { exchange } = this;
    this.closing = true;
    if (exchange) {
      exchange.cancel();
      this.#body?.fail(error);
      if (!exchange.res.headersSent) respondError(exchange, status, message);
      else if (!exchange.res.ended) exchange.res.cut();
      if (!this.#lingering) this.#linger();
      return;
    }
    const body = `${message}\n`;
    const type = 'content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\n';
    this.writer.begin(`HTTP/1.1 ${status} \r\n${type}content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`, false);
    this.writer.flush();
    this.#linger();
  }

  /** Ends this side, and reads the other's last words so that the kernel does not reset the connection over them. */
  #linger(): void {
    this.exchange = undefined;
    this.#held = undefined;
    this.#lingering = true;
    this.deadline = performance.now() + this.#context.headTimeoutMs;
    this.wire.socket.end(() => {
      this.deadline = performance.now() + lingerMs;
    });
    this.wire.resume();
  }

  /** Breaks the response off. `hard`: its end would look like a proper one otherwise. */
  cut(hard: boolean): void {
    if (hard) this.wire.reset();
    else this.wire.socket.destroy();
  }

  /** Clients are to leave: a response that is not out says so. */
  leave(): void {
    if (this.exchange && !this.exchange.res.headersSent) this.closing = true;
  }

  /** Hands the wire over: what the client sent early. */
  detach(): Buffer | undefined {
    const held = this.#held;
    this.#held = undefined;
    return held;
  }

  ended(): void {
    // Half-closed clients cannot be told from those that are gone.
    const { exchange, wire } = this;
    if (exchange && !exchange.res.ended) wire.socket.destroy();
    else wire.socket.end(() => wire.socket.destroy());
  }

  drained(): void {
    if (this.exchange) this.exchange.res.onDrain?.();
    else if (this.#held) this.pump();
  }

  closed(error?: Error): void {
    const { exchange } = this;
    if (exchange) {
      const open = !exchange.res.ended;
      exchange.res.ended = true;
      exchange.cancel();
      this.#body?.fail(error ?? new Error('the client went away in the middle of its request'));
      if (open && exchange.settled) this.#context.over(exchange);
    }
    this.#context.closed(this);
  }

  /** Too slow: a head that began is answered, an idle connection just ends. */
  expire(): void {
    if (this.#lingering || !this.#heads.begun) this.wire.socket.destroy();
    else this.#refuse(new ProtocolError('the request head took too long', 408));
  }
}
