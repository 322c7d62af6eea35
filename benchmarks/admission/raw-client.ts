import { connect, type TLSSocket } from 'node:tls';

/**
 * A client that costs little beside what it measures: requests are bytes that are ready, answers are only looked at for
 * their end and their status. One request at a time on a connection.
 */
export interface RawConnection {
  /** Sends a request; resolves to how long its answer took, in milliseconds. Rejects when it is not a 200. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

/** A POST of a JSON body as bytes. */
export function postBytes(path: string, body: string): Buffer {
  const head = [`POST ${path} HTTP/1.1`, 'host: localhost', 'content-type: application/json', `content-length: ${Buffer.byteLength(body)}`];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Whether the bytes of an answer are all there. */
export function complete(answer: Buffer): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = answer.subarray(0, end).toString('latin1');
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return answer.length >= end + 4 + Number(length);
  return answer.subarray(-5).toString('latin1') === '0\r\n\r\n';
}

export async function openConnection(port: number): Promise<RawConnection> {
  const socket: TLSSocket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  socket.setNoDelay(true);
  let waiting: { started: number; resolve: (ms: number) => void; reject: (e: Error) => void } | undefined;
  let answer: Buffer = Buffer.alloc(0);
  const gone = (error: Error): void => {
    waiting?.reject(error);
    waiting = undefined;
  };
  socket.on('error', gone);
  socket.on('close', () => gone(new Error('the connection is closed')));
  socket.on('data', (chunk: Buffer) => {
    answer = answer.length === 0 ? chunk : Buffer.concat([answer, chunk]);
    if (!waiting || !complete(answer)) return;
    const { started, resolve, reject } = waiting;
    const [whole, ok] = [answer, answer.subarray(0, 12).toString('latin1') === 'HTTP/1.1 200'];
    waiting = undefined;
    answer = Buffer.alloc(0);
    if (ok) resolve(performance.now() - started);
    else reject(new Error(whole.toString('utf8').slice(0, 300)));
  });
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { started: performance.now(), resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}
