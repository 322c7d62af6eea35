/**
 * What can be called off, and is over at some time. An AbortSignal, or a promise for each layer, costs more than all
 * the rest of a small request does: so there is a signal only for who asks, and layers say what to do at the end.
 */
export class Lifetime {
  /** The client is gone, or a timeout struck: everything done for it stops. */
  cancelled = false;
  #cancelListeners: (() => void)[] | undefined;
  #endListeners: ((error: Error | undefined) => void)[] | undefined;
  #controller: AbortController | undefined;

  /** The same as a signal, for whatever takes no other; `cancelled` and `onCancel` are cheaper. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.cancelled) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /** Calls it off. Once. */
  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    const listeners = this.#cancelListeners;
    this.#cancelListeners = undefined;
    if (listeners) for (const listener of listeners) listener();
    this.#controller?.abort();
  }

  /** Told once, when it is called off; not when it was already. */
  onCancel(listener: () => void): void {
    if (this.#cancelListeners) this.#cancelListeners.push(listener);
    else this.#cancelListeners = [listener];
  }

  offCancel(listener: () => void): void {
    const at = this.#cancelListeners?.indexOf(listener) ?? -1;
    if (at >= 0) this.#cancelListeners?.splice(at, 1);
  }

  /** Told once, when the handler is done with it, last registered first; with what it rejected with. */
  onEnd(listener: (error: Error | undefined) => void): void {
    if (this.#endListeners) this.#endListeners.push(listener);
    else this.#endListeners = [listener];
  }

  /** Called by whoever called the handler. */
  end(error?: Error): void {
    const listeners = this.#endListeners;
    this.#endListeners = undefined;
    if (listeners) for (let i = listeners.length - 1; i >= 0; i--) listeners[i]!(error);
  }
}
