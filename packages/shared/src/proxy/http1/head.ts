import { type Name, nameOf } from '../names.ts';
import { colon, cr, isText, isToken, lf, space, tab } from './bytes.ts';

/** A head, a body or a trailer section that is not HTTP/1. `status` is what a client is to be told. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** The head of a message, cut into fields but not copied: names are interned, values are cut out when they are asked for. */
export class Fields {
  /** All of it, up to the blank line; bytes as latin1. */
  readonly text: string;
  readonly names: Name[];
  /** Of each field: where its line starts, its name ends, its value starts and ends. */
  readonly #at: number[];
  /** A bit for each length of a name that is there: most questions are for names that are not. */
  readonly #lengths: number;

  constructor(text: string, at: number[]) {
    this.text = text;
    this.#at = at;
    const names: Name[] = [];
    let lengths = 0;
    for (let i = 0; i < at.length; i += 4) {
      const start = at[i]!;
      const end = at[i + 1]!;
      lengths |= 1 << (end - start);
      names.push(nameOf(text.substring(start, end)));
    }
    this.names = names;
    this.#lengths = lengths;
  }

  /** Where a field's line starts; for the field after the last, where all end. */
  line(index: number): number {
    return index < this.names.length ? this.#at[index * 4]! : this.text.length;
  }

  value(index: number): string {
    return this.text.substring(this.#at[index * 4 + 2]!, this.#at[index * 4 + 3]!);
  }

  /** The value of the first field of that name, '' without one. */
  get(lower: string): string {
    if ((this.#lengths & (1 << lower.length)) === 0) return '';
    const { names } = this;
    for (let i = 0; i < names.length; i++) if (names[i]!.lower === lower) return this.value(i);
    return '';
  }

  /** Name, value, name, value, in the spelling of the wire. */
  pairs(): string[] {
    const out: string[] = [];
    for (let i = 0; i < this.names.length; i++) out.push(this.text.substring(this.#at[i * 4]!, this.#at[i * 4 + 1]!), this.value(i));
    return out;
  }
}

/**
 * Scans field lines from `from` on and appends four positions a field, relative to `base`, to `at`. Returns the position
 * of the blank line that ends them, or -1 when it has not come; `at` then holds the lines that are complete.
 * Strict: no bare CR or LF, no folded lines, no blank before the colon, no controls.
 */
function scanFields(bytes: Uint8Array, from: number, base: number, at: number[]): number {
  const end = bytes.length;
  let i = from;
  for (;;) {
    const line = i;
    while (isToken[bytes[i]!]) i++;
    if (i >= end) return -1;
    if (i === line) return endOfLine(bytes, i, 'malformed header name') === -1 ? -1 : i;
    if (bytes[i] !== colon) throw new ProtocolError('malformed header name');
    const nameEnd = i++;
    while (isBlank(bytes[i])) i++;
    const value = i;
    while (isText[bytes[i]!]) i++;
    const next = endOfLine(bytes, i, 'malformed header value');
    if (next === -1) return -1;
    while (i > value && isBlank(bytes[i - 1])) i--;
    at.push(line - base, nameEnd - base, value - base, i - base);
    i = next;
  }
}

const isBlank = (byte: number | undefined): boolean => byte === space || byte === tab;

/** The position behind the CRLF that must be at `i`; -1 when it has not come. */
export function endOfLine(bytes: Uint8Array, i: number, otherwise: string): number {
  if (i >= bytes.length) return -1;
  if (bytes[i] !== cr) throw new ProtocolError(otherwise);
  if (i + 1 >= bytes.length) return -1;
  if (bytes[i + 1] !== lf) throw new ProtocolError('bare CR in the head');
  return i + 2;
}

/**
 * Cuts the field lines from `from` on out of `bytes`, with what stands before them from `base` on; undefined when the blank line that ends
 * them has not come.
 */
export function cutFields(bytes: Buffer, from: number, base: number): Fields | undefined {
  const at: number[] = [];
  const blank = scanFields(bytes, from, base, at);
  return blank === -1 ? undefined : new Fields(bytes.toString('latin1', base, blank), at);
}

/** Where what follows the blank line of fields begins that were cut from `base` on: they are a character a byte. */
export const behind = ({ text }: Fields, base: number): number => base + text.length + 2;
