import { type ClientHttp2Session, connect } from 'node:http2';
import { authorityOf, connectSocket, type Target } from '../upstream.ts';

/** One session for each target, replaced when the server sends it away, dropped when idle. */
export class Sessions {
  readonly #connectTimeoutMs: number;
  readonly #keepAliveMs: number;
  /** Targets are objects that stay, so that no key is made for each request. */
  readonly #opened = new WeakMap<Target, ClientHttp2Session>();
  readonly #sessions = new Map<string, Promise<ClientHttp2Session>>();

  constructor(connectTimeoutMs: number, keepAliveMs: number) {
    this.#connectTimeoutMs = connectTimeoutMs;
    this.#keepAliveMs = keepAliveMs;
  }

  /** The session of a target when there is one already. */
  open(target: Target): ClientHttp2Session | undefined {
    const found = this.#opened.get(target);
    return found && !found.closed && !found.destroyed ? found : undefined;
  }

  async get(target: Target): Promise<ClientHttp2Session> {
    const key = authorityOf(target);
    const kept = this.#sessions.get(key);
    if (kept) {
      const found = await kept;
      if (!found.closed && !found.destroyed) return found;
      if (this.#sessions.get(key) === kept) this.#sessions.delete(key);
      return this.get(target);
    }
    const opening = this.#open(target, key);
    this.#sessions.set(key, opening);
    const forget = () => {
      if (this.#sessions.get(key) === opening) this.#sessions.delete(key);
      this.#opened.delete(target);
    };
    opening.then((s) => {
      this.#opened.set(target, s);
      s.once('close', forget).once('goaway', forget);
    }, forget);
    return opening;
  }

  async #open(target: Target, key: string): Promise<ClientHttp2Session> {
    const socket = await connectSocket(target, this.#connectTimeoutMs);
    const session = connect(`http://${key}`, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: 1 << 20 },
      maxSessionMemory: 64,
    });
    session.once('connect', () => session.setLocalWindowSize(4 << 20));
    // Its streams say what went wrong.
    session.on('error', () => session.destroy());
    session.on('timeout', () => session.close());
    session.setTimeout(Math.max(this.#keepAliveMs, 1000));
    return session;
  }

  async close(): Promise<void> {
    const all = await Promise.allSettled(this.#sessions.values());
    for (const one of all) if (one.status === 'fulfilled') one.value.destroy();
  }
}
