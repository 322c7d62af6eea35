import type { Wire } from './wire.ts';

/** Up to so many bytes it is cheaper to copy them behind the head than to write twice. */
const copied = 4096;

/**
 * Buffers for what is written, used again when they are: nearly every write is done when it returns, so a few that stay
 * in the processor's cache serve all connections.
 */
const lentSize = 68 * 1024;
const mostSpare = 16;
const spare: Buffer[] = [];

/**
 * Writes messages. What belongs together leaves in one write: a head waits for the first bytes of its body, small pieces
 * wait for `flush`.
 */
export class MessageWriter {
  readonly wire: Wire;
  /** Bytes of the message under way are framed as chunks. */
  #chunked = false;
  #pending = '';

  constructor(wire: Wire) {
    this.wire = wire;
  }

  /** A head, blank line included. */
  begin(head: string, chunked: boolean): void {
    this.#pending += head;
    this.#chunked = chunked;
  }

  write(chunk: Buffer): void {
    const { length } = chunk;
    if (length === 0) return;
    const size = this.#chunked ? `${length.toString(16)}\r\n` : '';
    const after = this.#chunked ? '\r\n' : '';
    if (length <= copied) {
      this.#pending += size + chunk.toString('latin1') + after;
      if (this.#pending.length > 4 * copied) this.#send();
      return;
    }
    const before = this.#pending + size;
    this.#pending = '';
    const total = before.length + length + after.length;
    const lent = total <= lentSize ? (spare.pop() ?? Buffer.allocUnsafeSlow(lentSize)) : undefined;
    const out = lent ? lent.subarray(0, total) : Buffer.allocUnsafeSlow(total);
    out.write(before, 'latin1');
    chunk.copy(out, before.length);
    if (after) out.write(after, before.length + length, 'latin1');
    if (lent) this.wire.socket.write(out, () => spare.length < mostSpare && spare.push(lent));
    else this.wire.socket.write(out);
  }

  /** The end of the message's body. */
  end(trailers: readonly string[] | undefined): void {
    if (!this.#chunked) return;
    this.#chunked = false;
    this.#pending += '0\r\n';
    if (trailers) for (let i = 0; i < trailers.length; i += 2) this.#pending += `${trailers[i]}: ${trailers[i + 1]}\r\n`;
    this.#pending += '\r\n';
  }

  /** False when what was written waits in memory: write on when the wire has drained. */
  flush(): boolean {
    if (this.#pending !== '') this.#send();
    return this.wire.writable;
  }

  #send(): void {
    const text = this.#pending;
    this.#pending = '';
    this.wire.text(text);
  }
}
