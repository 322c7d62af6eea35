import { lf } from './bytes.ts';
import { ProtocolError } from './head.ts';

interface Parsed {
  next: number;
}

/**
 * Reads heads that come in pieces. What has come is kept, at most `limit` bytes, and looked at again when a line is
 * complete: lines that are wrong are refused before the head is whole.
 */
export class HeadReader<H extends Parsed> {
  readonly #parse: (bytes: Buffer, start: number) => H | undefined;
  readonly #limit: number;
  #kept: Buffer | undefined;
  #length = 0;

  constructor(parse: (bytes: Buffer, start: number) => H | undefined, limit: number) {
    this.#parse = parse;
    this.#limit = limit;
  }

  /** Whether a head has begun. */
  get begun(): boolean {
    return this.#length > 0;
  }

  /**
   * The head, its `next` the position in `bytes` after it; undefined when more is needed: all of `bytes` is taken then.
   * Throws ProtocolError.
   */
  read(bytes: Buffer, from: number): H | undefined {
    if (this.#length > 0) return this.#readOn(bytes, from);
    const head = this.#parse(bytes, from);
    const length = (head?.next ?? bytes.length) - from;
    if (length > this.#limit) throw tooLarge();
    if (!head) this.#keep(bytes, from, bytes.length);
    return head;
  }

  #readOn(bytes: Buffer, from: number): H | undefined {
    const before = this.#length;
    const to = Math.min(bytes.length, from + this.#limit - before + 1);
    this.#keep(bytes, from, to);
    const fresh = bytes.indexOf(lf, from);
    const head = fresh >= 0 && fresh < to ? this.#parse(this.#kept!.subarray(0, this.#length), 0) : undefined;
    if ((head?.next ?? this.#length) > this.#limit) throw tooLarge();
    if (!head) return undefined;
    head.next = from + head.next - before;
    this.#kept = undefined;
    this.#length = 0;
    return head;
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    const length = this.#length + to - from;
    if (!this.#kept || this.#kept.length < length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, Math.min(2 * length, this.#limit + 1), 256));
      this.#kept?.copy(larger, 0, 0, this.#length);
      this.#kept = larger;
    }
    bytes.copy(this.#kept, this.#length, from, to);
    this.#length = length;
  }
}

const tooLarge = () => new ProtocolError('request header fields too large', 431);
