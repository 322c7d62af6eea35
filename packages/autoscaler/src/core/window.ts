/** How a window's buckets become one number (contract data-plane 3.4). */
export type Algorithm = 'linear' | 'weighted-exponential';

/**
 * A sliding window of one-second buckets (contract data-plane 3.4). Seconds are whole Unix seconds; what is recorded in
 * the same second adds up.
 */
export class Window {
  /** Empty until something is recorded: most revisions of an installation are idle. */
  #buckets = new Float64Array(0);
  #length: number;
  #first: number | undefined;
  #last = 0;

  /** `seconds`: its length, at least 1. */
  constructor(seconds: number) {
    this.#length = Math.max(1, Math.ceil(seconds));
  }

  get length(): number {
    return this.#length;
  }

  /** Adds to the bucket of a second; false: it is older than the window, and left out. A silence as long starts it anew. */
  record(second: number, value: number): boolean {
    const n = this.length;
    if (this.#first === undefined || second - this.#last >= n) {
      this.#buckets = new Float64Array(n);
      this.#first = second;
      this.#last = second;
    } else if (second > this.#last) {
      for (let s = this.#last + 1; s <= second; s++) this.#buckets[s % n] = 0;
      this.#last = second;
    } else if (second <= this.#last - n) return false;
    else if (second < this.#first) this.#first = second;
    this.#buckets[second % n] = (this.#buckets[second % n] ?? 0) + value;
    return true;
  }

  /** Whether nothing was recorded for longer than the window. */
  isEmpty(now: number): boolean {
    return this.#first === undefined || now - this.#last > this.length;
  }

  average(now: number, algorithm: Algorithm = 'linear'): number {
    return algorithm === 'linear' ? this.#linear(now) : this.#weighted(now);
  }

  #linear(now: number): number {
    if (this.#first === undefined) return 0;
    const n = this.length;
    const d = Math.max(0, now - this.#last);
    if (d >= n) return 0;
    let total = 0;
    for (let i = 0; i < n - d; i++) total += this.#at(this.#last - i);
    const seconds = Math.min(this.#last - this.#first + 1, n - d);
    return Math.sign(total) * (Math.round((Math.abs(total) / seconds) * 1e6) / 1e6);
  }

  #weighted(now: number): number {
    if (this.#first === undefined) return 0;
    const n = this.length;
    const d = Math.max(0, now - this.#last);
    const a = Math.max(1 - (1 - 0.9999) ** (1 / n), 0.2);
    let weight = a * (1 - a) ** d;
    let sum = 0;
    for (let i = 0; i < n - d; i++) {
      sum += this.#at(this.#last - i) * weight;
      weight *= 1 - a;
    }
    return sum;
  }

  /** Changes the length, keeping the newest data. */
  resize(seconds: number): void {
    const n = Math.max(1, Math.ceil(seconds));
    if (n === this.length) return;
    const kept: [number, number][] = [];
    if (this.#first !== undefined) {
      const from = Math.max(this.#first, this.#last - Math.min(n, this.length) + 1);
      for (let s = from; s <= this.#last; s++) kept.push([s, this.#at(s)]);
    }
    this.#length = n;
    this.#first = undefined;
    for (const [s, value] of kept) this.record(s, value);
  }

  #at(second: number): number {
    if (this.#first === undefined || second < this.#first) return 0;
    return this.#buckets[((second % this.length) + this.length) % this.length] ?? 0;
  }
}
