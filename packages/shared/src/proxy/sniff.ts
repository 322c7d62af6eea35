import type { Socket } from 'node:net';

/** What a client of HTTP/2 with prior knowledge sends first (RFC 9113, 3.4). */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/**
 * Tells HTTP/2 with prior knowledge from HTTP/1 by a connection's first bytes and hands them back unread. The first
 * byte that differs decides, so an HTTP/1 request never waits for more than it sent.
 */
export function sniffPreface(socket: Socket, decided: (isHttp2: boolean) => void): void {
  let seen = 0;
  const kept: Buffer[] = [];
  const onReadable = () => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    kept.push(chunk);
    for (const byte of chunk) {
      if (seen === preface.length || byte !== preface[seen]) break;
      seen++;
    }
    const length = kept.reduce((n, c) => n + c.length, 0);
    if (seen < preface.length && seen === length) return;
    socket.off('readable', onReadable);
    socket.unshift(kept.length === 1 ? chunk : Buffer.concat(kept));
    decided(seen === preface.length);
  };
  socket.on('readable', onReadable);
}
