import type { Socket } from 'node:net';
import { parseProxyHeader } from '../core/proxy-protocol.ts';

/**
 * Reads the PROXY header of a new connection and hands the socket on, what follows unread, with the client's address if
 * the header tells it. Closes what begins with something else, or takes longer than `withinMs`.
 */
export function readProxyHeader(socket: Socket, withinMs: number, done: (source: string | undefined) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), withinMs);
  const onReadable = () => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = seen.length ? Buffer.concat([seen, chunk]) : chunk;
    const header = parseProxyHeader(seen);
    if (header.is === 'incomplete') return;
    clearTimeout(timer);
    socket.off('readable', onReadable).off('end', gone);
    if (header.is === 'wrong') {
      socket.destroy();
      return;
    }
    if (seen.length > header.length) socket.unshift(seen.subarray(header.length));
    done(header.source);
  };
  const gone = () => void socket.destroy();
  socket.on('error', gone).on('end', gone).on('readable', onReadable);
  socket.once('close', () => clearTimeout(timer));
}
