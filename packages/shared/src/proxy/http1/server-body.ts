import type { BodySink, RequestBody } from '../handler.ts';
import type { BodyReader } from './body-reader.ts';
import type { ServerConnection } from './server-connection.ts';

/** What is left of a body nobody wants is read and thrown away up to here; beyond it, closing the connection is cheaper. */
const thrownAway = 256 * 1024;

/** The body of the request that a connection reads now. */
export class ServerBody implements RequestBody {
  readonly length: number | undefined;
  touched = false;
  awaited: boolean;
  /** The sink has asked for a pause. */
  blocked = false;
  readonly #connection: ServerConnection;
  readonly #reader: BodyReader;
  #sink: BodySink | undefined;
  #discarding = false;
  #discarded = 0;

  constructor(connection: ServerConnection, reader: BodyReader, length: number | undefined, awaited: boolean) {
    this.#connection = connection;
    this.#reader = reader;
    this.length = length;
    this.awaited = awaited;
  }

  get done(): boolean {
    return this.#reader.done;
  }

  /** Whether bytes can be fed now; they wait otherwise. */
  get takes(): boolean {
    return (this.#sink !== undefined && !this.blocked) || this.#discarding;
  }

  pipe(sink: BodySink): void {
    this.#sink = sink;
    this.blocked = false;
    this.#connection.pump();
  }

  resume(): void {
    if (!this.blocked) return;
    this.blocked = false;
    this.#connection.pump();
  }

  unpipe(): void {
    this.#sink = undefined;
    if (this.touched && !this.#discarding) this.discard();
  }

  /** From now on nobody wants it. */
  discard(): void {
    this.#sink = undefined;
    this.blocked = false;
    this.#discarding = true;
    this.#connection.pump();
  }

  /** Feeds what has come; returns the position after what belongs to the body. Throws ProtocolError. */
  feed(bytes: Buffer, from: number): number {
    this.awaited = false;
    if (this.#discarding) {
      const next = this.#reader.feed(bytes, from, nowhere);
      this.#discarded += next - from;
      return next;
    }
    this.touched = true;
    const sink = this.#sink!;
    const next = this.#reader.feed(bytes, from, sink);
    if (!sink.flush() && !this.#reader.done && this.#sink === sink) this.blocked = true;
    return next;
  }

  /** Whether throwing the rest away costs more than the connection is worth. */
  get hopeless(): boolean {
    return this.#discarded > thrownAway || (this.awaited && !this.touched);
  }

  fail(error: Error): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.fail(error);
  }
}

const nowhere: BodySink = { write() {}, flush: () => true, end() {}, fail() {} };
