import type { BodySink } from '../handler.ts';
import { ChunkedReader } from './chunked.ts';

/** The bytes of one message's body as they come, without their framing. */
export interface BodyReader {
  readonly done: boolean;
  /** Feeds bytes from `from` on; returns the position after what belongs to the body. Throws ProtocolError. */
  feed(bytes: Buffer, from: number, sink: BodySink): number;
}

/** A body that announced its length. */
export class LengthReader implements BodyReader {
  #left: number;
  done = false;

  constructor(length: number) {
    this.#left = length;
  }

  feed(bytes: Buffer, from: number, sink: BodySink): number {
    const to = Math.min(bytes.length, from + this.#left);
    this.#left -= to - from;
    sink.write(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to));
    if (this.#left === 0) {
      this.done = true;
      sink.end();
    }
    return to;
  }
}

/** A body that ends with its connection; whoever reads the connection ends the sink. */
export class CloseReader implements BodyReader {
  readonly done = false;

  feed(bytes: Buffer, from: number, sink: BodySink): number {
    sink.write(bytes.subarray(from));
    return bytes.length;
  }
}

export const bodyReader = (chunked: boolean, length: number | undefined): BodyReader =>
  chunked ? new ChunkedReader() : length === undefined ? new CloseReader() : new LengthReader(length);
