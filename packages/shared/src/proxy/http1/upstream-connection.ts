import type { BodySink } from '../handler.ts';
import { type BodyReader, bodyReader, CloseReader } from './body-reader.ts';
import { ProtocolError } from './head.ts';
import { HeadReader } from './head-reader.ts';
import { bodyEnd, parseResponse, type ResponseHead } from './response-head.ts';
import type { Wire, WireOwner } from './wire.ts';
import { MessageWriter } from './writer.ts';

/** Whoever has a request on an upstream connection. */
export interface UpstreamCall {
  readonly method: string;
  /** Where the response's body goes, once it was answered. */
  readonly sink: BodySink;
  /** 1xx, but for 101. */
  informed(head: ResponseHead): void;
  /** `ends`: no body follows. */
  answered(head: ResponseHead, ends: boolean): void;
  /** 101: the connection is the call's from here on; `early` are the first bytes of the other protocol. */
  switched(head: ResponseHead, early: Buffer): void;
  /** The connection is over before the response was. `heard`: something of it had come. */
  broken(error: Error, heard: boolean): void;
  /** The response is complete. `reusable`: the connection can take another request if this one was sent completely. */
  completed(reusable: boolean): void;
  /** The upstream takes more of the request's body. */
  roomy(): void;
}

/** What a backend may send as a head; more than clients may, as it is trusted more. */
const headLimit = 128 * 1024;

/** A connection to a backend: one request at a time. */
export class UpstreamConnection implements WireOwner {
  readonly wire: Wire;
  readonly writer: MessageWriter;
  readonly key: string;
  /** When it became idle (performance.now). */
  idleSince = 0;
  /** Whether it served a request before the one it has. */
  used = false;
  dead = false;
  readonly #onClosed: (connection: UpstreamConnection) => void;
  readonly #heads = new HeadReader<ResponseHead>(parseResponse, headLimit);
  #call: UpstreamCall | undefined;
  #reader: BodyReader | undefined;
  #heard = false;
  #keeps = false;

  constructor(wire: Wire, key: string, onClosed: (connection: UpstreamConnection) => void) {
    this.wire = wire;
    this.key = key;
    this.#onClosed = onClosed;
    this.writer = new MessageWriter(wire);
    wire.owner = this;
  }

  begin(call: UpstreamCall): void {
    this.#call = call;
    this.#heard = false;
  }

  /** The call is no longer interested: the connection is of no further use. */
  drop(): void {
    this.#call = undefined;
    this.wire.socket.destroy();
  }

  data(bytes: Buffer): void {
    if (!this.#call) {
      // Bytes that nobody asked for: no telling what they answer.
      this.wire.socket.destroy();
      return;
    }
    this.#heard = true;
    try {
      this.#consume(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#break(new Error(`malformed HTTP response: ${error.message}`));
    }
  }

  #consume(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      const call = this.#call;
      if (!call) {
        this.wire.socket.destroy();
        return;
      }
      const reader = this.#reader;
      if (!reader) {
        const head = this.#heads.read(bytes, at);
        if (!head) return;
        at = head.next;
        if (head.status === 101) {
          this.#call = undefined;
          call.switched(head, Buffer.from(bytes.subarray(at)));
          return;
        }
        if (head.status < 200) call.informed(head);
        else this.#answered(call, head, at === bytes.length);
        continue;
      }
      at = reader.feed(bytes, at, call.sink);
      if (reader.done) this.#complete(at === bytes.length);
      else if (!call.sink.flush()) this.wire.pause();
    }
  }

  #answered(call: UpstreamCall, head: ResponseHead, last: boolean): void {
    const { facts } = head;
    const end = bodyEnd(head, call.method);
    // A length beside chunks is a mistake (RFC 9112, 6.3): what follows on this connection is not to be trusted.
    const doubted = facts.chunked && facts.length !== undefined;
    this.#keeps = !facts.close && end !== 'close' && !doubted && (head.minor > 0 || facts.keepAlive);
    call.answered(head, end === 'none');
    // The call may have given up at the sight of it.
    if (this.#call !== call) return;
    if (end === 'none') {
      call.sink.end();
      this.#complete(last);
      return;
    }
    this.#reader = bodyReader(end === 'chunks', end === 'length' ? facts.length : undefined);
    // A head that comes alone is passed on alone.
    if (last) call.sink.flush();
  }

  #complete(last: boolean): void {
    const call = this.#call!;
    this.#call = undefined;
    this.#reader = undefined;
    this.used = true;
    call.completed(this.#keeps && last);
  }

  #break(error: Error): void {
    const call = this.#call;
    this.#call = undefined;
    this.wire.socket.destroy();
    call?.broken(error, this.#heard);
  }

  ended(): void {
    const call = this.#call;
    if (call && this.#reader instanceof CloseReader) {
      this.#call = undefined;
      call.sink.end();
      call.completed(false);
    }
    this.wire.socket.destroy();
  }

  drained(): void {
    this.#call?.roomy();
  }

  closed(error?: Error): void {
    this.dead = true;
    this.#onClosed(this);
    const call = this.#call;
    this.#call = undefined;
    call?.broken(error ?? new Error('the connection ended before the response did'), this.#heard);
  }
}
