import type { Http2Stream } from 'node:http2';

/**
 * Breaks a stream off with RST_STREAM. `stream.close(code)` alone would end the writable side first, and a body that
 * was cut would read as a complete one at the other end.
 */
export function reset(stream: Http2Stream, code: number): void {
  if (stream.destroyed || stream.closed) return;
  if (!stream.writableEnded) stream.end = () => stream;
  stream.close(code);
}
