/** How long an activator waits for an autoscaler before it serves without: held requests are better than none taken. */
const patienceMs = 30_000;

/** Whether this activator takes traffic (contract data-plane 2.7). Times in ms. */
export class Health {
  readonly #since: number;
  #connected = false;
  #stopping = false;

  constructor(now: number) {
    this.#since = now;
  }

  connected(): void {
    this.#connected = true;
  }

  stopping(): void {
    this.#stopping = true;
  }

  /**
   * Why not, or undefined. Unlike the peer, a connection that was lost does not make it unhealthy: no request may fail
   * because the autoscaler is away.
   */
  reason(now: number): string | undefined {
    if (this.#stopping) return 'received SIGTERM from kubelet';
    if (!this.#connected && now - this.#since < patienceMs) return 'connection has not yet been established';
    return undefined;
  }
}
