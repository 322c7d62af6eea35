import type { Wire, WireOwner } from './wire.ts';

/** One side of a tunnel: what comes on its wire goes to the other one. */
class TunnelEnd implements WireOwner {
  readonly #from: Wire;
  readonly #to: Wire;
  readonly #over: () => void;
  closedAlready = false;

  constructor(from: Wire, to: Wire, over: () => void) {
    this.#from = from;
    this.#to = to;
    this.#over = over;
  }

  data(bytes: Buffer): void {
    this.#to.socket.write(Buffer.from(bytes));
    if (!this.#to.writable) this.#from.pause();
  }

  ended(): void {
    this.#to.socket.end();
  }

  /** This wire has room again: whoever writes to it, the other side, reads on. */
  drained(): void {
    this.#to.resume();
  }

  closed(): void {
    this.closedAlready = true;
    const { socket } = this.#to;
    // What was read before the end is still delivered when both sides ended in order.
    if (!(socket.writableEnded && this.#from.socket.readableEnded)) socket.destroy();
    this.#over();
  }
}

/**
 * Joins two wires: bytes both ways with back-pressure, each direction ends by itself, an error ends both. `over` is
 * called once when both are closed.
 */
export function tunnel(a: Wire, b: Wire, over: () => void): void {
  const both = () => {
    if (endA.closedAlready && endB.closedAlready) over();
  };
  const endA = new TunnelEnd(a, b, both);
  const endB = new TunnelEnd(b, a, both);
  a.owner = endA;
  b.owner = endB;
  a.resume();
  b.resume();
}
