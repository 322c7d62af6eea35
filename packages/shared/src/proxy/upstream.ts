import { connect, type Socket } from 'node:net';

export interface Target {
  /** An IP address or a host name, without brackets. */
  host: string;
  port: number;
}

/**
 * An upstream that gave no response. `unsent`: nothing of the request can have reached a server (connection refused,
 * reset while connecting, connect timeout), so it is safe to try elsewhere; the request body is untouched then.
 */
export class UpstreamError extends Error {
  readonly unsent: boolean;
  readonly code: string;

  constructor(message: string, code: string, unsent: boolean) {
    super(message);
    this.name = 'UpstreamError';
    this.code = code;
    this.unsent = unsent;
  }
}

export const authorityOf = ({ host, port }: Target): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** The error of a request that the exchange's signal ended. */
export const aborted = (unsent: boolean): UpstreamError => new UpstreamError('the request was cancelled', 'ABORTED', unsent);

/** Any failure of an upstream as an UpstreamError that names the target. */
export function upstreamError(error: unknown, target: Target, unsent: boolean): UpstreamError {
  if (error instanceof UpstreamError) return error;
  const { code = 'UPSTREAM', message = String(error) } = (error ?? {}) as { code?: string; message?: string };
  return new UpstreamError(`${authorityOf(target)}: ${message || code}`, code, unsent);
}

/** A connected socket to the target; rejects with an unsent UpstreamError. */
export function connectSocket(target: Target, timeoutMs: number, allowHalfOpen = false): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...target, allowHalfOpen, noDelay: true, keepAlive: true, keepAliveInitialDelay: 5000 });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new UpstreamError(`${authorityOf(target)}: no connection within ${timeoutMs} ms`, 'CONNECT_TIMEOUT', true));
    }, timeoutMs);
    const failed = (error: Error) => {
      clearTimeout(timer);
      reject(upstreamError(error, target, true));
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', failed);
      resolve(socket);
    });
  });
}
