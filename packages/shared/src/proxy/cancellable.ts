/**
 * Something that can be called off: the client is gone, or a timeout struck. An AbortSignal costs more than all the rest
 * of a small request does, so there is one only for who asks.
 */
export class Cancellable {
  cancelled = false;
  #listeners: (() => void)[] | undefined;
  #controller: AbortController | undefined;

  /** The same as a signal, for whatever takes no other; `cancelled` and `onCancel` are cheaper. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.cancelled) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /** Everything done for it stops. Once. */
  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (listeners) for (const listener of listeners) listener();
    this.#controller?.abort();
  }

  /** Told once, when it is called off; not when it was already. */
  onCancel(listener: () => void): void {
    if (this.#listeners) this.#listeners.push(listener);
    else this.#listeners = [listener];
  }

  offCancel(listener: () => void): void {
    const at = this.#listeners?.indexOf(listener) ?? -1;
    if (at >= 0) this.#listeners?.splice(at, 1);
  }
}
