import type { Socket } from 'node:net';
import { openingOf } from './preface.ts';

/**
 * Tells HTTP/2 with prior knowledge from HTTP/1 by a connection's first bytes and hands them back unread. The first
 * byte that differs decides, so an HTTP/1 request never waits for more than it sent.
 */
export function sniffPreface(socket: Socket, decided: (isHttp2: boolean) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const onReadable = () => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = seen.length ? Buffer.concat([seen, chunk]) : chunk;
    const opening = openingOf(seen);
    if (opening === 'unknown') return;
    socket.off('readable', onReadable);
    socket.unshift(seen);
    decided(opening === 'http2');
  };
  socket.on('readable', onReadable);
}
