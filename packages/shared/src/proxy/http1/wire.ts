import { connect, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Target, upstreamError } from '../upstream.ts';

/** Whoever reads a wire. */
export interface WireOwner {
  /** Bytes that are valid during the call only. */
  data(bytes: Buffer): void;
  /** The other side sends no more. */
  ended(): void;
  /** It is over, with an error or without. Once. */
  closed(error?: Error): void;
  /** What was written is gone. */
  drained(): void;
}

/**
 * All sockets read into one buffer, as what is read is handed out and done with before the next read: a buffer for each
 * read is a quarter of what a small request costs.
 */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Views of its beginning, by length: most reads are small, and a view costs as much as a header does. */
const views: (Buffer | undefined)[] = new Array(2048).fill(undefined);

function viewOf(buffer: Buffer, length: number): Buffer {
  if (length >= views.length) return buffer.subarray(0, length);
  let view = views[length];
  if (!view) {
    view = buffer.subarray(0, length);
    views[length] = view;
  }
  return view;
}

/** A socket with one owner at a time. Half-open: the owner ends its own side. */
export class Wire {
  socket: Duplex & Partial<Pick<Socket, 'remoteAddress' | 'remotePort' | 'resetAndDestroy'>>;
  owner: WireOwner;
  #error: Error | undefined;
  #paused = false;

  private constructor(socket: Duplex, owner: WireOwner) {
    this.socket = socket;
    this.owner = owner;
  }

  /** Over a connection that is read as a stream: TLS, or one that somebody looked at before. */
  static over(socket: Duplex, owner: WireOwner): Wire {
    const wire = new Wire(socket, owner);
    wire.#listen();
    socket.on('data', (bytes: Buffer) => wire.owner.data(bytes));
    return wire;
  }

  /** Over a connection that came paused (`pauseOnConnect`) and unread. */
  static accept(socket: Socket, owner: WireOwner): Wire {
    // Node offers `onread` for sockets it connects only; its handle is given to a new one to have it for those it accepts.
    const handle = (socket as { _handle?: { useUserBuffer?: unknown; reading?: boolean } | null })._handle;
    if (typeof handle?.useUserBuffer !== 'function') return Wire.over(socket, owner);
    (socket as { _handle?: unknown })._handle = null;
    socket.destroy();
    const wire = new Wire(socket, owner);
    wire.socket = new Socket({ handle, allowHalfOpen: true, onread: wire.#onread() } as unknown as ConstructorParameters<typeof Socket>[0]);
    wire.#listen();
    wire.socket.resume();
    return wire;
  }

  /** Over a new connection; told of its success or failure. */
  static connect(target: Target, timeoutMs: number, done: (error: Error | undefined, wire: Wire) => void): Wire {
    const { host, port } = target;
    const wire = new Wire(undefined as unknown as Duplex, nobody);
    const socket = connect({
      host,
      port,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 5000,
      onread: wire.#onread(),
    });
    wire.socket = socket;
    wire.#listen();
    const failed = (error?: Error) => {
      clearTimeout(timer);
      wire.owner = nobody;
      done(upstreamError(error ?? new Error('closed'), target, true), wire);
    };
    const timer = setTimeout(() => {
      socket.destroy();
      wire.owner = nobody;
      const message = `no connection within ${timeoutMs} ms`;
      done(upstreamError(Object.assign(new Error(message), { code: 'CONNECT_TIMEOUT' }), target, true), wire);
    }, timeoutMs);
    wire.owner = { ...nobody, closed: failed };
    socket.once('connect', () => {
      clearTimeout(timer);
      wire.owner = nobody;
      done(undefined, wire);
    });
    return wire;
  }

  #onread() {
    return {
      buffer: readBuffer,
      callback: (length: number, buffer: Uint8Array) => {
        this.owner.data(viewOf(buffer as Buffer, length));
        return true;
      },
    };
  }

  #listen(): void {
    const { socket } = this;
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('end', () => this.owner.ended());
    socket.on('close', () => this.owner.closed(this.#error));
    socket.on('drain', () => this.owner.drained());
  }

  /** Gives the socket away: paused, unowned, and with its error handled. */
  release(): Duplex {
    this.owner = nobody;
    this.pause();
    this.socket.removeAllListeners('data');
    return this.socket;
  }

  /** Whether more should be written now. */
  get writable(): boolean {
    return this.socket.writableLength < this.socket.writableHighWaterMark;
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.socket.resume();
  }

  /** Bytes as latin1. */
  text(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** A connection that ends in a way the other side cannot take for the end of a message. */
  reset(): void {
    if (this.socket.resetAndDestroy) this.socket.resetAndDestroy();
    else this.socket.destroy();
  }
}

export const nobody: WireOwner = { data() {}, ended() {}, closed() {}, drained() {} };
