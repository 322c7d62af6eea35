import type { BodySink } from '../handler.ts';
import { lastHop, type Role, roles } from '../names.ts';
import { cr, lf } from './bytes.ts';
import { behind, cutFields, type Fields, ProtocolError } from './head.ts';
import { HeadReader } from './head-reader.ts';

const size = 0;
const extension = 1;
const sizeLf = 2;
const data = 3;
const dataCr = 4;
const dataLf = 5;
const trailers = 6;

const semicolon = 0x3b;
const extensions = /^(;[!#$%&'*+.^_`|~0-9A-Za-z-]+(=([!#$%&'*+.^_`|~0-9A-Za-z-]+|"[\t !#-[\]-~\x80-\xff]*"))?)+$/;

/** Chunk extensions are dropped; a body may have so many bytes of them and of leading zeros in all. */
const overheadLimit = 16 * 1024;
const trailersLimit = 16 * 1024;

/** What means something to a reader of the connection cannot come afterwards (RFC 9110, 6.5.1). */
const late = (role: Role): boolean => role === roles.contentLength || role === roles.host || (role >= roles.hop && role <= lastHop);

interface Trailers {
  fields: Fields;
  next: number;
}

function parseTrailers(bytes: Buffer, start: number): Trailers | undefined {
  const fields = cutFields(bytes, start, start);
  if (!fields) return undefined;
  for (const { role } of fields.names) if (late(role)) throw new ProtocolError('framing in a trailer section');
  return { fields, next: behind(fields, start) };
}

/** Takes the chunked framing off a body (RFC 9112, 7.1), strictly: hex digits, CRLF, nothing else. */
export class ChunkedReader {
  #state = size;
  #left = 0;
  #digits = 0;
  #overhead = 0;
  #extension = '';
  #trailers: HeadReader<Trailers> | undefined;
  done = false;

  /** Feeds bytes from `from` on; returns the position after what belongs to the body. Throws ProtocolError. */
  feed(bytes: Buffer, from: number, sink: BodySink): number {
    const end = bytes.length;
    let i = from;
    while (i < end) {
      if (this.#state === data) {
        const to = Math.min(end, i + this.#left);
        sink.write(bytes.subarray(i, to));
        this.#left -= to - i;
        i = to;
        if (this.#left === 0) this.#state = dataCr;
      } else if (this.#state === trailers) {
        this.#trailers ??= new HeadReader(parseTrailers, trailersLimit);
        const read = this.#trailers.read(bytes, i);
        if (!read) return end;
        this.done = true;
        sink.end(read.fields.names.length > 0 ? read.fields.pairs() : undefined);
        return read.next;
      } else this.#frame(bytes[i++]!);
    }
    return i;
  }

  #frame(byte: number): void {
    switch (this.#state) {
      case size: {
        const digit = hex(byte);
        if (digit >= 0) {
          // Twelve digits are beyond any length and within exact numbers.
          if (++this.#digits > 12) throw new ProtocolError('chunk too large');
          this.#left = this.#left * 16 + digit;
          return;
        }
        if (this.#digits === 0) throw new ProtocolError('malformed chunk size');
        if (byte === cr) this.#state = sizeLf;
        else if (byte === semicolon) {
          this.#state = extension;
          this.#extension = ';';
        } else throw new ProtocolError('malformed chunk size');
        return;
      }
      case extension:
        if (++this.#overhead > overheadLimit) throw new ProtocolError('chunk extensions too large');
        if (byte !== cr) this.#extension += String.fromCharCode(byte);
        else if (extensions.test(this.#extension)) this.#state = sizeLf;
        else throw new ProtocolError('malformed chunk extension');
        return;
      case sizeLf:
        if (byte !== lf) throw new ProtocolError('bare CR in the framing');
        this.#state = this.#left === 0 ? trailers : data;
        this.#digits = 0;
        return;
      case dataCr:
        if (byte !== cr) throw new ProtocolError('chunk longer than its size');
        this.#state = dataLf;
        return;
      default:
        if (byte !== lf) throw new ProtocolError('bare CR in the framing');
        this.#state = size;
    }
  }
}

function hex(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
