import { STATUS_CODES } from 'node:http';
import type { ProxyResponse, RawFields, UpstreamHead } from '../handler.ts';
import { responseHeaders, trailerHeaders } from '../headers.ts';
import { nameOf, roles } from '../names.ts';
import { httpDate } from './date.ts';
import { factsOf, type MessageFacts } from './facts.ts';
import { Fields } from './head.ts';
import { line, pairLines, pairsOf, responseLines } from './rewrite.ts';
import type { ServerExchange } from './server-exchange.ts';

/** The response of one exchange of HTTP/1. */
export class ServerResponse implements ProxyResponse {
  headersSent = false;
  statusCode = 200;
  bodyBytes = 0;
  ended = false;
  onDrain: (() => void) | undefined;
  readonly #exchange: ServerExchange;
  #chunked = false;
  /** The body ends with the connection: HTTP/1.0 knows no chunks. */
  #untilClose = false;
  /** No body follows whatever is written: HEAD, 204, 304. */
  #silent = false;

  constructor(exchange: ServerExchange) {
    this.#exchange = exchange;
    this.onDrain = undefined;
  }

  inform(status: number, reason: string, fields: RawFields): void {
    const { req, connection } = this.#exchange;
    if (this.headersSent || this.ended || req.head.minor === 0) return;
    if (status === 100 && req.body) req.body.awaited = false;
    const pairs = status === 100 ? [] : responseHeaders(pairsOf(fields), false);
    connection.writer.begin(`${statusLine(status, reason)}${pairLines(pairs)}\r\n`, false);
    connection.writer.flush();
  }

  head(head: UpstreamHead, facts?: MessageFacts): void {
    const { status, length } = head;
    const { req } = this.#exchange;
    const hasNoBody = req.method === 'HEAD' || status === 204 || status === 304;
    const framed = hasNoBody || head.ends || length !== undefined;
    this.#silent = hasNoBody;
    this.#chunked = !framed && req.head.minor > 0;
    this.#untilClose = !framed && req.head.minor === 0;
    const keepsLength = !this.#chunked && !this.#untilClose && status !== 204;
    let lines: string;
    if (head.fields instanceof Fields) {
      const known = facts ?? factsOf(head.fields);
      lines = responseLines(head.fields, known, this.#chunked, keepsLength);
      if (!known.hasDate) lines += `Date: ${httpDate()}\r\n`;
      if (head.ends && length === undefined && !hasNoBody) lines += 'Content-Length: 0\r\n';
    } else lines = this.#pairs(head, hasNoBody);
    this.#start(status, head.reason, lines);
  }

  /** The head of an upstream that speaks another protocol. */
  #pairs({ fields, ends, length }: UpstreamHead, hasNoBody: boolean): string {
    const pairs = responseHeaders(pairsOf(fields), this.#chunked);
    let lines = pairLines(pairs);
    if (!pairs.some((name, i) => i % 2 === 0 && nameOf(name).role === roles.date)) lines += `Date: ${httpDate()}\r\n`;
    if (ends && !hasNoBody && length === undefined) lines += 'Content-Length: 0\r\n';
    return lines;
  }

  #start(status: number, reason: string, lines: string): void {
    const exchange = this.#exchange;
    const { connection, req } = exchange;
    this.headersSent = true;
    this.statusCode = status;
    if (this.#untilClose || exchange.upgrade !== undefined || req.body?.awaited) connection.closeAfter();
    let more = this.#chunked ? 'Transfer-Encoding: chunked\r\n' : '';
    if (connection.closing) more += 'Connection: close\r\n';
    else if (req.head.minor === 0) more += 'Connection: keep-alive\r\n';
    exchange.onWrite?.();
    connection.writer.begin(`${statusLine(status, reason)}${lines}${more}\r\n`, this.#chunked);
  }

  /** The head of a switch of protocols; the connection belongs to somebody else from here on. */
  switched(head: UpstreamHead, protocol: string): void {
    this.headersSent = true;
    this.statusCode = 101;
    const lines = pairLines(responseHeaders(pairsOf(head.fields), false));
    const { writer } = this.#exchange.connection;
    writer.begin(`${statusLine(101, head.reason)}${lines}Connection: Upgrade\r\n${line('Upgrade', protocol)}\r\n`, false);
    writer.flush();
  }

  write(chunk: Buffer): void {
    if (this.ended || this.#silent) return;
    this.bodyBytes += chunk.length;
    this.#exchange.connection.writer.write(chunk);
  }

  flush(): boolean {
    this.#exchange.onWrite?.();
    return this.#exchange.connection.writer.flush();
  }

  end(trailers?: readonly string[]): void {
    if (this.ended) return;
    this.ended = true;
    const { connection } = this.#exchange;
    connection.writer.end(trailers && this.#chunked ? trailerHeaders(trailers) : undefined);
    connection.writer.flush();
    connection.responded();
  }

  fail(): void {
    this.cut();
  }

  answer(status: number, headers: Readonly<Record<string, string>>, body: string): void {
    let lines = '';
    let hasDate = false;
    for (const name in headers) {
      lines += line(name, headers[name]!);
      hasDate ||= name === 'date';
    }
    if (!hasDate) lines += `Date: ${httpDate()}\r\n`;
    this.#silent = this.#exchange.req.method === 'HEAD' || status === 204 || status === 304;
    this.#start(status, '', lines);
    if (!this.#silent && body !== '') this.write(Buffer.from(body));
    this.end();
  }

  endWith(text: string): void {
    if (this.ended) return;
    if (!this.#chunked && !this.#untilClose) {
      this.cut();
      return;
    }
    this.write(Buffer.from(text));
    this.end();
  }

  cut(): void {
    if (this.ended) return;
    this.ended = true;
    this.#exchange.connection.cut(this.#untilClose);
  }
}

/** The status line; an empty reason stands for the usual one. */
const statusLine = (status: number, reason: string): string =>
  `HTTP/1.1 ${status} ${reason === '' ? (STATUS_CODES[status] ?? '') : reason}\r\n`;
